internal import System

/// Numbers as people like to read them.
enum Quantity {
    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += "," }
            grouped.append(digit)
        }
        return number < 0 ? "-" + grouped : grouped
    }

    /// With exactly this many decimals, rounded.
    static func decimal(_ number: Double, digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        // Beyond this a double holds no decimals worth showing, and the conversion below would trap.
        guard number.isFinite, abs(number) * scale < 9e15 else { return "\(number)" }
        let scaled = Int((abs(number) * scale).rounded())
        let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Int(scale))
        let decimals = String(String(Int(scale) + fraction).dropFirst())
        let sign = number < 0 && scaled > 0 ? "-" : ""
        return sign + grouped(whole) + (digits > 0 ? "." + decimals : "")
    }

    /// About three digits and a unit: `1.2 MiB`.
    static func size(_ bytes: Int) -> String {
        var amount = Double(bytes.magnitude)
        var units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][...]
        while amount >= 1_023.5, units.count > 1 {
            amount /= 1_024
            units = units.dropFirst()
        }
        let digits = units.first == "B" || amount >= 99.95 ? 0 : 1
        return (bytes < 0 ? "-" : "") + "\(decimal(amount, digits: digits)) \(units.first ?? "B")"
    }

    /// The two units that matter: `1 h 20 m`, `34 s`, `1.5 s`, `12 ms`.
    static func duration(_ duration: Duration) -> String {
        let microseconds = duration.wholeMicroseconds
        if microseconds < 0 { return "-" + Self.duration(.zero - duration) }
        switch microseconds {
        case ..<1_000: return "\(microseconds) µs"
        case ..<10_000: return "\(decimal(Double(microseconds) / 1_000, digits: 1)) ms"
        case ..<1_000_000: return "\(microseconds / 1_000) ms"
        case ..<10_000_000: return "\(decimal(Double(microseconds) / 1_000_000, digits: 1)) s"
        default: return wholeSeconds(microseconds / 1_000_000)
        }
    }

    /// Seconds without decimals, for what changes on the screen: `34 s`, `2 m 5 s`.
    static func wholeSeconds(_ seconds: Int64) -> String {
        let units: [(name: String, seconds: Int64)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]
        let first = units.firstIndex { seconds >= $0.seconds } ?? 3
        var text = "\(seconds / units[first].seconds) \(units[first].name)"
        let rest = seconds % units[first].seconds
        if first < 3, rest / units[first + 1].seconds > 0 {
            text += " \(rest / units[first + 1].seconds) \(units[first + 1].name)"
        }
        return text
    }
}
