internal import CMicroHTTPD
internal import Glibc
internal import System
internal import Telemetry

/// Reads the head of a request out of the library's buffer and refuses whatever could be understood in two ways.
///
/// The library replaced line ends and colons by NUL in place and is lenient about folded lines, bare line feeds and
/// embedded NULs. Each of these breaks the pattern *name, NUL, blanks, value, NUL, NUL, next name*; so it suffices to
/// check that every header begins where the one before ended, and that there are no other control bytes.
struct HeadReader: ~Copyable {
    let limits: HTTPServer.Limits
    private(set) var method = Method.get
    private(set) var isVersion11 = true
    var bytes: [UInt8] = []
    var target = Extent()
    var path = Extent()
    var query = Extent()
    private(set) var fields: [RequestHead.Field] = []
    var framing = RequestHead.Framing.none
    var expectsContinue = false
    var requestID = ""
    var trace: TraceContext
    private let identifier: UUID

    /// Where the next header has to begin; -1 once one did not.
    private var cursor = 0
    private var block = Extent()
    private var blockAddress = 0
    /// Where the library's buffer for the body begins.
    private(set) var bodyAddress = 0

    init(limits: HTTPServer.Limits, _ identifiers: any IdentifierSource) {
        self.limits = limits
        identifier = identifiers.next()
        trace = TraceContext(traceID: identifier, spanID: identifier.low, isSampled: false)
    }

    /// - Parameters:
    ///   - methodWord, version: where the library says these are; both end in NUL, and the version has eight bytes.
    mutating func read(
        _ connection: LibraryConnection, target: TargetBuffer, methodWord: UnsafePointer<CChar>,
        version: UnsafePointer<CChar>
    ) throws(Problem) {
        let methodCount = unsafe strlen(methodWord)
        let word = unsafe UnsafeRawBufferPointer(start: methodWord, count: methodCount).assumingMemoryBound(
            to: UInt8.self)
        let targetStart = Int(bitPattern: methodWord) + methodCount + 1
        let versionStart = Int(bitPattern: version)
        isVersion11 = unsafe version[7] != CChar(bitPattern: UInt8(ascii: "0"))
        guard target.address == targetStart, versionStart == targetStart + target.bytes.count + 1 else {
            throw .badRequest(
                "The request line has extra blanks or a NUL. Send `METHOD target HTTP/1.1`.",
                code: "malformed_request_line")
        }
        blockAddress = versionStart + 8 + 2
        let end = Int(bitPattern: methodWord) + connection.headBytes
        bodyAddress = end
        bytes.reserveCapacity(target.bytes.count + max(0, end - blockAddress))
        bytes += target.bytes
        self.target = Extent(start: 0, count: bytes.count)
        try copyHeaders(connection, end: end)
        try interpretHeaders()
        guard let known = unsafe Method(word) else {
            let shown = unsafe String(decoding: word.prefix(32), as: UTF8.self)
            throw .notImplemented("The method \(shown)")
        }
        method = known
        try readTarget()
    }

    private mutating func copyHeaders(_ connection: LibraryConnection, end: Int) throws(Problem) {
        let count = end - blockAddress
        guard count >= 2, let start = unsafe UnsafeRawPointer(bitPattern: blockAddress) else { throw Self.malformed }
        block = Extent(start: bytes.count, count: count - 2)
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: block.count))
        guard bytes.count <= limits.headBytesMax else { throw .headersTooLarge(limitBytes: limits.headBytesMax) }
        fields.reserveCapacity(16)
        unsafe withUnsafeMutablePointer(to: &self) { reader in
            _ = unsafe MHD_get_connection_values_n(
                connection.pointer, .HEADER_KIND,
                { reader, _, name, nameCount, value, valueCount in
                    unsafe reader?.assumingMemoryBound(to: HeadReader.self).pointee
                        .take(name: Int(bitPattern: name), nameCount, value: Int(bitPattern: value), valueCount)
                    return .YES
                }, reader)
        }
        guard cursor == block.count, hasOnlyOurNULs() else { throw Self.malformed }
        guard fields.count <= limits.headersMax else {
            throw Problem(
                .headersTooLarge, "headers_too_large", "There are too many headers. Send at most \(limits.headersMax).")
        }
        for field in fields where !isToken(field.name) { throw Self.malformed }
    }

    private mutating func take(name: Int, _ nameCount: Int, value: Int, _ valueCount: Int) {
        let nameStart = name - blockAddress
        let valueStart = value - blockAddress
        let end = valueStart + valueCount + 2
        guard cursor >= 0, nameStart == cursor, nameCount > 0, valueStart > nameStart + nameCount, end <= block.count
        else {
            cursor = -1
            return
        }
        var blank = nameStart + nameCount + 1
        while blank < valueStart, Self.isBlank(bytes[block.start + blank]) { blank += 1 }
        guard blank == valueStart else {
            cursor = -1
            return
        }
        var trimmed = valueCount
        while trimmed > 0, Self.isBlank(bytes[block.start + valueStart + trimmed - 1]) { trimmed -= 1 }
        fields.append(
            RequestHead.Field(
                name: Extent(start: block.start + nameStart, count: nameCount),
                value: Extent(start: block.start + valueStart, count: trimmed)))
        cursor = end
    }

    /// The library put three NULs into each line: for the colon, CR and LF.
    private func hasOnlyOurNULs() -> Bool {
        var count = 0
        for byte in bytes[block.range] where byte < 0x20 && byte != 0x09 || byte == 0x7F { count += 1 }
        return count == 3 * fields.count
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private func isToken(_ range: Extent) -> Bool { bytes[range.range].allSatisfy { Self.isTokenByte($0) } }

    static let malformed = Problem.badRequest(
        "A header line is malformed. Send each as `Name: value` on one line that ends in CR LF, "
            + "without control characters.", code: "malformed_header")

    /// The client's identifier where it was well-formed, else a new one.
    mutating func settleRequestID() {
        if requestID.isEmpty { requestID = identifier.description }
    }
}
