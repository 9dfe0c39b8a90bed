public import JSON

extension Problem: JSONEncodable {
    /// The media type of a problem document.
    public static let mediaType = "application/problem+json"

    /// The document as JSON, also for callers that do not import JSON.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.bytes
    }

    public func encode(into writer: inout JSONWriter) {
        writer.object {
            $0.field("type", type)
            $0.field("title", title)
            $0.field("status", status.rawValue)
            $0.field("detail", detail)
            $0.field("code", code.rawValue)
            if let requestID { $0.field("request_id", requestID) }
            if !fields.isEmpty { $0.field("errors", fields) }
            for (name, value) in members { $0.field(name, value) }
        }
    }
}

extension Problem.Field: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object {
            switch place {
            case .pointer(let pointer): $0.field("pointer", pointer)
            case .parameter(let name): $0.field("parameter", name)
            case .header(let name): $0.field("header", name)
            }
            $0.field("code", code.rawValue)
            $0.field("message", message)
        }
    }
}
