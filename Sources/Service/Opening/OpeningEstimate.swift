import Projections
import System

/// How far a node is with its tables, for people and for whoever wants to come again.
struct OpeningEstimate {
    let sentence: String
    /// From a second to a minute.
    let retryAfter: Duration

    /// What reading the log is of a rebuild; indexes and the exchange are the rest.
    private static let readingShare = 0.8

    init(_ step: TableGate.Step) {
        var left: Duration?
        switch step {
        case .migrating:
            sentence = "The service has just started and looks whether the database's schema is up to date."
        case .following: sentence = "The service has just started and reads where the log ends."
        case .waiting: sentence = "Another node builds the tables anew for this version; this one waits for it."
        case .indexing: sentence = "Indexes are brought up to date for this version."
        case .building(let progress):
            left = Self.left(progress)
            let time = left.map { ", about \(Self.words($0)) left" } ?? ""
            sentence =
                "The tables are being rebuilt for this version: \(progress.phase.rawValue), "
                + "\(Self.percent(progress)) % done\(time)."
        }
        let isLong = if case .waiting = step { true } else { false }
        retryAfter = min(max(left ?? .seconds(isLong ? 5 : 1), .seconds(1)), .seconds(60))
    }

    static func percent(_ progress: ProjectionProgress) -> Int {
        switch progress.phase {
        case .reading where progress.eventsTotal > 0:
            Int(readingShare * 100 * Double(min(progress.eventsDone, progress.eventsTotal)))
                / progress.eventsTotal
        case .reading: 0
        case .indexing: Int(readingShare * 100)
        case .catchingUp, .exchanging, .comparing: 95
        case .done: 100
        }
    }

    private static func left(_ progress: ProjectionProgress) -> Duration? {
        guard progress.phase == .reading, let reading = progress.left else { return nil }
        return reading + (reading + progress.elapsed) * ((1 - readingShare) / readingShare)
    }

    private static func words(_ duration: Duration) -> String {
        let seconds = max(1, Int(duration.inSeconds.rounded()))
        if seconds < 120 { return seconds == 1 ? "1 second" : "\(seconds) seconds" }
        return "\((seconds + 30) / 60) minutes"
    }
}
