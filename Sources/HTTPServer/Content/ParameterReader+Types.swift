public import System

extension ParameterReader {
    public mutating func int(_ name: String, in range: ClosedRange<Int> = .min ... .max) -> Int? {
        let advice = "Use a whole number\(Self.inWords(range))."
        guard let number = value(name, advice: advice, parse: Self.wholeNumber) else { return nil }
        if range.contains(number) { return number }
        refuse(name, "out_of_range", advice)
        return nil
    }

    public mutating func int(_ name: String, in range: ClosedRange<Int> = .min ... .max, default fallback: Int) -> Int {
        int(name, in: range) ?? fallback
    }

    public mutating func int(_ name: String, in range: ClosedRange<Int> = .min ... .max, _: Presence) -> Int {
        require(name, int(name, in: range), placeholder: range.lowerBound)
    }

    /// Text between `bytes` bytes long; an empty value counts as text.
    public mutating func text(_ name: String, bytes: ClosedRange<Int> = 0 ... .max) -> String? {
        guard let text = value(name, advice: "", parse: { $0 }) else { return nil }
        if text.utf8.count < bytes.lowerBound {
            refuse(name, "too_short", "Use at least \(bytes.lowerBound) \(bytes.lowerBound == 1 ? "byte" : "bytes").")
            return nil
        }
        if text.utf8.count > bytes.upperBound {
            refuse(name, "too_long", "Use at most \(bytes.upperBound) bytes.")
            return nil
        }
        return text
    }

    public mutating func text(_ name: String, bytes: ClosedRange<Int> = 0 ... .max, default fallback: String) -> String
    {
        text(name, bytes: bytes) ?? fallback
    }

    public mutating func text(_ name: String, bytes: ClosedRange<Int> = 0 ... .max, _: Presence) -> String {
        require(name, text(name, bytes: bytes), placeholder: "")
    }

    /// Exactly `true` or `false`.
    public mutating func bool(_ name: String) -> Bool? {
        value(name, advice: "Use true or false.") { Bool($0) }
    }

    public mutating func bool(_ name: String, default fallback: Bool) -> Bool { bool(name) ?? fallback }

    public mutating func bool(_ name: String, _: Presence) -> Bool {
        require(name, bool(name), placeholder: false)
    }

    public mutating func uuid(_ name: String) -> UUID? {
        value(name, advice: "Use an identifier such as 0197a1b2-0000-7000-8000-00000000000f.") { UUID($0) }
    }

    public mutating func uuid(_ name: String, _: Presence) -> UUID {
        require(name, uuid(name), placeholder: UUID(high: 0, low: 0))
    }

    /// A moment as RFC 3339 writes it.
    public mutating func timestamp(_ name: String) -> Timestamp? {
        value(name, advice: "Use a time such as 2026-11-21T06:10:34Z, with a + of its offset written as %2B.") {
            Timestamp($0)
        }
    }

    public mutating func timestamp(_ name: String, _: Presence) -> Timestamp {
        require(name, timestamp(name), placeholder: Timestamp(microsecondsSinceEpoch: 0))
    }

    /// The parts of all values of the name, split at the separator, without empty ones; none when it is missing.
    /// - Parameter separator: `nil` where a value may hold commas: then each repetition is one part.
    public mutating func list(_ name: String, separator: Character? = ",", countMax: Int = 100) -> [String] {
        var parts: [String] = []
        for value in all(name) {
            if let separator {
                parts += value.split(separator: separator).map(String.init)
            } else {
                parts.append(value)
            }
        }
        if parts.count > countMax { refuse(name, "too_many", "Give at most \(countMax).") }
        return parts
    }

    /// One of an enumeration's raw values.
    public mutating func choice<Choice>(_ name: String, of type: Choice.Type = Choice.self) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return value(name, code: "not_a_choice", advice: "Use one of: \(names).") { Choice(rawValue: $0) }
    }

    public mutating func choice<Choice>(_ name: String, default fallback: Choice) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        choice(name) ?? fallback
    }

    private static func inWords(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): ""
        case (let lower, .max): " from \(lower)"
        case (.min, let upper): " up to \(upper)"
        case (let lower, let upper): " from \(lower) to \(upper)"
        }
    }

    /// Without the leading `+` that `Int` would take.
    private static func wholeNumber(_ text: String) -> Int? {
        text.utf8.first == UInt8(ascii: "+") ? nil : Int(text)
    }
}
