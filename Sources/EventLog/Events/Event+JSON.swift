import Cryptography
public import JSON
import System

extension Event: JSONEncodable {
    /// As the API and the command line show it, its data byte for byte.
    public func encode(into writer: inout JSONWriter) { encode(into: &writer, data: nil) }

    /// - Parameter data: what to show as its data; nil shows the bytes that were written.
    public func encode(into writer: inout JSONWriter, data shown: JSONValue?) {
        writer.object { writer in
            writer.field("position", position)
            writer.field("stream", stream.description)
            writer.field("category", category)
            writer.field("version", version)
            writer.field("type", type)
            writer.field("schema_version", schemaVersion)
            writer.field("data") { if let shown { $0.write(shown) } else { $0.verbatim(data) } }
            writer.field("meta") { $0.verbatim(meta) }
            writer.field("recorded_at", recordedAt.description)
            writer.field("hash", hash.hex)
        }
    }
}
