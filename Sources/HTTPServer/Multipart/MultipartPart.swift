/// What the headers of one part of a `multipart/form-data` body say.
public struct MultipartPart: Sendable, Equatable {
    /// The form field it belongs to.
    public let name: String
    /// What the client calls the file, without folders; `nil` for plain fields, empty when no file was chosen. A label
    /// for people: never build a path from it. RFC 7578 forbids `filename*`, so that is ignored.
    public let fileName: String?
    /// What the client says it is; `nil` when it says nothing.
    public let contentType: MediaType?

    public init(name: String, fileName: String? = nil, contentType: MediaType? = nil) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
    }

    /// Reads the header lines of a part, each with its line end.
    init(headerBlock: [UInt8]) throws(Problem) {
        guard (try? UTF8Span(validating: headerBlock.span)) != nil else {
            throw .malformedMultipart("The headers of a part are not UTF-8.")
        }
        var disposition: [(name: String, value: String)]?
        var contentType: MediaType?
        for line in String(decoding: headerBlock, as: UTF8.self).split(separator: "\r\n") {
            var scanner = HeaderScanner(line)
            // A folded line begins with a space and so has no name.
            guard let name = scanner.token(), scanner.skip(":") else {
                throw .malformedMultipart("A header of a part is not written as `Name: value` on one line.")
            }
            scanner.skipSpace()
            switch name.lowercased() {
            case "content-disposition":
                guard disposition == nil, scanner.token()?.lowercased() == "form-data",
                    let parameters = scanner.parameters(), scanner.isAtEnd
                else { throw .malformedMultipart("Each part needs one `Content-Disposition: form-data; name=\"…\"`.") }
                disposition = parameters
            case "content-type":
                contentType = MediaType(line.drop { $0 != ":" }.dropFirst())
                if contentType == nil { throw .malformedMultipart("The `Content-Type` of a part cannot be read.") }
            case "content-transfer-encoding":
                guard ["binary", "8bit", "7bit"].contains(scanner.token()?.lowercased()) else {
                    throw .malformedMultipart("Send parts as they are, without `Content-Transfer-Encoding`.")
                }
            default: break
            }
        }
        let parameters = disposition ?? []
        guard let name = try Self.parameter("name", of: parameters) else {
            throw .malformedMultipart("Each part needs one `Content-Disposition: form-data; name=\"…\"`.")
        }
        self.name = name
        fileName = try Self.parameter("filename", of: parameters).map(Self.withoutFolders)
        self.contentType = contentType
    }

    private static func parameter(
        _ name: String, of parameters: [(name: String, value: String)]
    ) throws(Problem) -> String? {
        let values = parameters.filter { $0.name == name }
        if values.count > 1 { throw .malformedMultipart("A part gives its `\(name)` twice.") }
        return values.first?.value
    }

    private static func withoutFolders(_ name: String) -> String {
        let separator = name.lastIndex { $0 == "/" || $0 == "\\" }
        return separator.map { String(name[name.index(after: $0)...]) } ?? name
    }
}

extension Problem {
    static func malformedMultipart(_ reason: String) -> Problem {
        .badRequest("\(reason) Send the body as RFC 7578 describes.", code: "malformed_multipart")
    }
}
