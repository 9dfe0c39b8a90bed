import Cryptography
import EventLog
import JSON
import System

/// An event as the API shows it.
struct EventDocument: JSONEncodable {
    let event: Event
    /// Its data in the newest shape; nil where that is how it was written.
    let upcasted: JSONValue?

    func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("position", event.position)
            writer.field("stream", event.stream.description)
            writer.field("category", event.category)
            writer.field("version", event.version)
            writer.field("type", event.type)
            writer.field("schema_version", event.schemaVersion)
            if let upcasted {
                writer.field("data", upcasted)
            } else {
                writer.field("data") { $0.verbatim(event.data) }
            }
            writer.field("meta") { $0.verbatim(event.meta) }
            writer.field("recorded_at", event.recordedAt.description)
            writer.field("hash", event.hash.hex)
        }
    }
}
