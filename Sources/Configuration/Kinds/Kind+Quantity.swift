extension Kind where Value == Int {
    /// A whole number within the range.
    public static func integer(_ range: ClosedRange<Int> = .min ... .max) -> Kind {
        let bounds =
            switch (range.lowerBound, range.upperBound) {
            case (.min, .max): ""
            case (let low, .max): " of at least \(low)"
            case (.min, let high): " up to \(high)"
            case (let low, let high): " from \(low) to \(high)"
            }
        return Kind(form: "a whole number\(bounds)", placeholder: "number") { text, _ throws(Malformed) in
            guard let number = Int(text), range.contains(number) else { throw Malformed() }
            return number
        }
    }

    /// A number of bytes with its unit, such as `64MiB` (2²⁰) or `1GB` (10⁹); without a unit, bytes.
    public static func size(_ range: ClosedRange<Int> = 0 ... .max) -> Kind {
        let bounds = Self.bounds(range.lowerBound, range.upperBound, least: 0, most: .max, spell: ByteCount.spell)
        return Kind(form: "a size such as 64MiB\(bounds)", placeholder: "size") { text, _ throws(Malformed) in
            let size = try ByteCount.read(text)
            guard range.contains(size) else { throw Malformed() }
            return size
        }
    }
}

extension Kind where Value == Duration {
    /// A span of time with its unit, such as `250ms`, `30s` or `1h30m`.
    public static func duration(_ range: ClosedRange<Duration> = .zero...Span.longest) -> Kind {
        let bounds = Self.bounds(
            range.lowerBound, range.upperBound, least: .zero, most: Span.longest, spell: Span.spell)
        return Kind(form: "a duration such as 250ms or 30s\(bounds)", placeholder: "duration") {
            text, _ throws(Malformed) in
            let duration = try Span.read(text)
            guard range.contains(duration) else { throw Malformed() }
            return duration
        }
    }
}

extension Kind {
    fileprivate static func bounds<Bound: Equatable>(
        _ low: Bound, _ high: Bound, least: Bound, most: Bound, spell: (Bound) -> String
    ) -> String {
        switch (low == least, high == most) {
        case (true, true): ""
        case (false, true): ", at least \(spell(low))"
        case (true, false): ", at most \(spell(high))"
        case (false, false): ", from \(spell(low)) to \(spell(high))"
        }
    }
}
