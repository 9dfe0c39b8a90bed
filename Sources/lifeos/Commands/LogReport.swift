import EventLog
import JSON

/// What a verification found wrong, for machines.
struct LogReport: JSONEncodable {
    private let result: LogVerification

    init(_ result: LogVerification) { self.result = result }

    func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("sound", result.isSound)
            writer.field("verified", result.verifiedCount)
            writer.field("from", result.range.lowerBound)
            writer.field("to", result.range.upperBound)
            writer.field("head", "\(StatedHead(result.head))")
            writer.field("foreign_events", result.foreignEvents.count)
            guard let fault = result.fault else { return }
            writer.field("position", fault.position)
            writer.field("kind", fault.kind.rawValue)
            writer.field("explanation", fault.explanation)
        }
    }
}
