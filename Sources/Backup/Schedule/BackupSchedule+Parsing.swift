/// A text is no schedule.
public struct BackupScheduleProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it, as a sentence.
    public let description: String
}

extension BackupSchedule {
    /// What can be written, for help.
    public static let form =
        "full, incremental and drill, each with hourly [:15], daily [03:00] or weekly [sunday] [04:00], with commas between"

    static let days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    private static let hour: Int64 = 3_600
    /// When most people sleep.
    private static let dailyDefault = 3 * hour
    private static let weeklyDefault = 4 * hour

    public init(_ text: String) throws(BackupScheduleProblem) {
        var rhythms: [Work: Rhythm] = [:]
        for part in text.lowercased().split(separator: ",") {
            let words = part.split(separator: " ").map(String.init)
            guard let first = words.first, let work = Work(rawValue: first) else {
                throw BackupScheduleProblem(
                    description: "\"\(words.first ?? "")\" is not one of full, incremental and drill.")
            }
            guard rhythms[work] == nil else {
                throw BackupScheduleProblem(description: "\(work.rawValue) is said twice.")
            }
            rhythms[work] = try Self.rhythm(words.dropFirst(), of: String(part))
        }
        guard !rhythms.isEmpty else { throw BackupScheduleProblem(description: "It is empty.") }
        self.init(rhythms)
    }

    private static func rhythm(_ words: ArraySlice<String>, of part: String) throws(BackupScheduleProblem) -> Rhythm {
        var rest = words.dropFirst()
        let rhythm: Rhythm?
        switch words.first {
        case "hourly": rhythm = minute(&rest).map { .hourly(minute: $0) }
        case "daily": rhythm = clock(&rest, else: dailyDefault).map { .daily(secondsOfDay: $0) }
        case "weekly":
            let day = rest.first.flatMap { days.firstIndex(of: $0) }
            if day != nil { rest = rest.dropFirst() }
            rhythm = clock(&rest, else: weeklyDefault).map { .weekly(day: Int64(day ?? 0), secondsOfDay: $0) }
        default: rhythm = nil
        }
        guard let rhythm, rest.isEmpty else {
            throw BackupScheduleProblem(
                description:
                    "\"\(part.trimmingSpaces)\" is not understood: write hourly, daily 03:00 or weekly sunday 04:00.")
        }
        return rhythm
    }

    /// Takes `:15` off; nil for what is no minute.
    private static func minute(_ words: inout ArraySlice<String>) -> Int64? {
        guard let word = words.popFirst() else { return 0 }
        guard word.hasPrefix(":"), word.utf8.count == 3, let minute = Int64(word.dropFirst()), 0..<60 ~= minute else {
            return nil
        }
        return minute
    }

    /// Takes `03:00` off; nil for what is no time of day.
    private static func clock(_ words: inout ArraySlice<String>, else fallback: Int64) -> Int64? {
        guard let word = words.popFirst() else { return fallback }
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ 1...2 ~= $0.utf8.count }), let hours = Int64(parts[0]),
            let minutes = Int64(parts[1]), 0..<24 ~= hours, 0..<60 ~= minutes
        else { return nil }
        return hours * hour + minutes * 60
    }
}

extension String {
    fileprivate var trimmingSpaces: String { split(separator: " ").joined(separator: " ") }
}
