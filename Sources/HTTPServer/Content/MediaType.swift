/// What kind of content a body is, such as `text/html; charset=utf-8`.
public struct MediaType: Sendable, Hashable {
    /// One parameter, its name in lower case.
    public struct Parameter: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    /// Both parts without parameters in lower case: `text/html`.
    public let essence: String
    public let parameters: [Parameter]

    /// Reads a `Content-Type`; `nil` when it is malformed.
    public init?(_ text: some StringProtocol) {
        var scanner = HeaderScanner(text)
        scanner.skipSpace()
        guard let type = scanner.token(), scanner.skip("/"), let subtype = scanner.token(),
            let parameters = scanner.parameters(), scanner.isAtEnd
        else { return nil }
        essence = "\(type)/\(subtype)".lowercased()
        self.parameters = parameters.map { Parameter(name: $0.name, value: $0.value) }
    }

    init(essence: String, charset: String? = nil) {
        self.essence = essence
        parameters = charset.map { [Parameter(name: "charset", value: $0)] } ?? []
    }

    public func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// The charset in lower case, where one is given.
    public var charset: String? { parameter("charset")?.lowercased() }

    /// `application/json` or a type built on it, such as `application/merge-patch+json`.
    public var isJSON: Bool { essence == "application/json" || essence.hasSuffix("+json") }

    /// Whether gzip makes it smaller: text does shrink, pictures and archives are small already.
    public var isCompressible: Bool {
        essence.hasPrefix("text/") || isJSON || essence.hasSuffix("+xml")
            || ["application/javascript", "application/xml", "application/wasm", "image/bmp", "font/ttf"]
                .contains(essence)
    }
}

extension MediaType: CustomStringConvertible {
    /// As `Content-Type` wants it.
    public var description: String {
        parameters.reduce(essence) { text, parameter in
            let isToken = !parameter.value.isEmpty && parameter.value.utf8.allSatisfy(HeaderScanner.isTokenByte)
            if isToken { return "\(text); \(parameter.name)=\(parameter.value)" }
            let escaped = parameter.value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
            return "\(text); \(parameter.name)=\"\(escaped)\""
        }
    }
}

extension MediaType {
    public static let json = MediaType(essence: "application/json")
    public static let problemJSON = MediaType(essence: Problem.mediaType)
    public static let mergePatch = MediaType(essence: "application/merge-patch+json")
    public static let html = MediaType(essence: "text/html", charset: "utf-8")
    public static let plainText = MediaType(essence: "text/plain", charset: "utf-8")
    public static let css = MediaType(essence: "text/css", charset: "utf-8")
    public static let javascript = MediaType(essence: "text/javascript", charset: "utf-8")
    public static let csv = MediaType(essence: "text/csv", charset: "utf-8")
    public static let eventStream = MediaType(essence: "text/event-stream")
    public static let form = MediaType(essence: "application/x-www-form-urlencoded")
    public static let multipartForm = MediaType(essence: "multipart/form-data")
    public static let bytes = MediaType(essence: "application/octet-stream")
    public static let svg = MediaType(essence: "image/svg+xml")
    public static let png = MediaType(essence: "image/png")
    public static let jpeg = MediaType(essence: "image/jpeg")
    public static let webp = MediaType(essence: "image/webp")
    public static let pdf = MediaType(essence: "application/pdf")
}

extension MediaType {
    /// By the extension of a file's name; bytes when it is not known.
    public init(fileName: some StringProtocol) {
        let name = fileName.lastIndex(of: "/").map { fileName[fileName.index(after: $0)...] } ?? fileName[...]
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
            self = .bytes
            return
        }
        self = Self.byExtension[name[name.index(after: dot)...].lowercased()] ?? .bytes
    }

    private static let byExtension: [String: MediaType] = [
        "html": .html, "htm": .html, "css": .css, "js": .javascript, "mjs": .javascript, "txt": .plainText,
        "csv": .csv, "md": MediaType(essence: "text/markdown", charset: "utf-8"), "json": .json,
        "map": .json, "webmanifest": MediaType(essence: "application/manifest+json"),
        "xml": MediaType(essence: "application/xml"), "svg": .svg, "png": .png, "jpg": .jpeg, "jpeg": .jpeg,
        "webp": .webp, "gif": MediaType(essence: "image/gif"), "avif": MediaType(essence: "image/avif"),
        "ico": MediaType(essence: "image/vnd.microsoft.icon"), "woff2": MediaType(essence: "font/woff2"),
        "ttf": MediaType(essence: "font/ttf"), "pdf": .pdf, "zip": MediaType(essence: "application/zip"),
        "gz": MediaType(essence: "application/gzip"), "wasm": MediaType(essence: "application/wasm"),
        "mp4": MediaType(essence: "video/mp4"), "webm": MediaType(essence: "video/webm"),
        "mp3": MediaType(essence: "audio/mpeg"), "wav": MediaType(essence: "audio/wav"),
    ]
}
