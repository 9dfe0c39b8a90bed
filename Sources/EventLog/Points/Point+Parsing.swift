public import System

/// A text is no point.
public struct PointProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it, as a sentence.
    public let reason: String

    public var description: String { "\(reason) \(Self.forms)" }

    /// All that can be written, for help and for problems.
    public static let forms =
        "A point is a position (1200), a time (2026-11-21T06:10:34Z), a date or time on your clock (2026-11-20, "
        + "\"2026-11-20 18:00\", \"today 09:00\", \"yesterday 18:00\"), now, how long ago it was (-15m, -2h, -3d; s, m, h, d, w), "
        + "before:<correlation or command id>, event:<position> or event:<stream id>.<version>."
}

extension Point {
    /// Reads any of the forms that ``PointProblem/forms`` lists. A date without a time is its midnight.
    ///
    /// - Parameters:
    ///   - now: what `-15m` and `yesterday` are counted from.
    ///   - zone: whose clocks a time without an offset is read by.
    public init(parsing text: String, now: Timestamp, in zone: Zone) throws(PointProblem) {
        let reader = PointReader(now: now, zone: zone)
        if let position = try PointReader.position(text) {
            self = .position(position)
        } else if let time = Timestamp(text) {
            self = .time(time)
        } else if text.lowercased() == "now" {
            self = .now
        } else if text.hasPrefix("-") {
            self = try .time(reader.ago(text), isRelative: true)
        } else if text.hasPrefix("before:") {
            self = try PointReader.before(String(text.dropFirst(7)))
        } else if text.hasPrefix("event:") {
            self = try PointReader.event(String(text.dropFirst(6)))
        } else {
            self = try reader.wall(text)
        }
    }
}

/// Reads points. Pure: the time and the zone are given.
private struct PointReader {
    let now: Timestamp
    let zone: Zone

    static func isDigits(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// Nil for what is not meant as one.
    static func position(_ text: String) throws(PointProblem) -> Int? {
        guard isDigits(text) else { return nil }
        // The last number is left out, so that nobody overflows by asking for what comes behind it.
        guard let position = Int(text), position < Int.max else {
            throw PointProblem(reason: "No log is as long as \(text) events.")
        }
        return position
    }

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    /// A thousand years: longer than any log, and far from overflow.
    private static let agoSecondsMax: Int64 = 31_556_952_000

    /// `-15m`, `-1h30m`.
    func ago(_ text: String) throws(PointProblem) -> Timestamp {
        var rest = text.dropFirst()
        var seconds: Int64 = 0
        if Self.isDigits(rest) {
            throw PointProblem(reason: "\"\(text)\" has no unit: write \(text)m for minutes, or \(text)h for hours.")
        }
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            guard let count = Int64(digits), let unit = rest.popFirst().flatMap({ Self.units[$0] }) else {
                throw PointProblem(reason: "\"\(text)\" is not so long ago as -15m, -2h or -1h30m.")
            }
            let (product, overflows) = count.multipliedReportingOverflow(by: unit)
            guard !overflows, product <= Self.agoSecondsMax - seconds else {
                throw PointProblem(reason: "\"\(text)\" is longer ago than anything.")
            }
            seconds += product
        } while !rest.isEmpty
        return now - .seconds(seconds)
    }

    static func before(_ text: String) throws(PointProblem) -> Point {
        guard let id = UUID(text) else {
            throw PointProblem(reason: "\"\(text)\" is not the id of a correlation or command.")
        }
        return .before(id)
    }

    static func event(_ text: String) throws(PointProblem) -> Point {
        if let position = try position(text) {
            guard position > 0 else { throw PointProblem(reason: "The first event is event:1.") }
            return .position(position)
        }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let stream = UUID(String(parts[0])), isDigits(parts[1]), let version = Int32(parts[1]),
            version > 0
        else {
            throw PointProblem(
                reason:
                    "\"\(text)\" names no event: write its position, or the id of its stream, a dot and its version.")
        }
        return .event(stream, version: Int(version))
    }

    /// `yesterday 18:00`, `2026-11-20`, `2026-11-20 18:00`.
    func wall(_ text: String) throws(PointProblem) -> Point {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) {
            $0 == " " || $0 == "T" && text.first?.isNumber == true
        }
        guard let first = parts.first, parts.count <= 2 else {
            throw PointProblem(reason: "The point is empty.")
        }
        var wall = WallTime(date: zone.wall(at: now).date, secondsOfDay: 0)
        var isRelative = true
        switch first.lowercased() {
        case "today": break
        case "yesterday": wall.date = Civil(daysSinceEpoch: wall.date.daysSinceEpoch - 1)
        default:
            guard let date = try Self.date(first) else {
                throw PointProblem(reason: "\"\(text)\" is not understood.")
            }
            wall.date = date
            isRelative = false
        }
        if parts.count == 2 {
            guard let seconds = Self.secondsOfDay(parts[1]) else {
                throw PointProblem(reason: "\"\(parts[1])\" is not a time of day such as 18:00 or 18:00:30.")
            }
            wall.secondsOfDay = seconds
        }
        return .time(zone.moment(of: wall), isRelative: isRelative)
    }

    /// Nil for what does not look like a date.
    private static func date(_ text: Substring) throws(PointProblem) -> Civil? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ isDigits($0) }), let year = Int64(parts[0]),
            let month = Int64(parts[1]), let day = Int64(parts[2])
        else { return nil }
        guard 1...12 ~= month, 1...Civil.days(in: month, of: year) ~= day else {
            throw PointProblem(reason: "There is no day \(text).")
        }
        return Civil(year: year, month: month, day: day)
    }

    private static func secondsOfDay(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard 2...3 ~= parts.count, 1...2 ~= parts[0].utf8.count, parts.dropFirst().allSatisfy({ $0.utf8.count == 2 }),
            parts.allSatisfy({ isDigits($0) })
        else { return nil }
        let numbers = parts.compactMap { Int64($0) }
        guard numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
        return numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
    }
}
