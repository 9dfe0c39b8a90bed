internal import System

/// A request that was checked and made ready for the transport thread.
struct WireRequest: Sendable {
    let method: HTTPClient.Method
    let address: Address
    /// `Name: value` as libcurl takes them.
    let headerLines: [String]
    let body: WireBody
    let timeouts: HTTPClient.Timeouts
    let responseBytesMax: Int
    let decompresses: Bool
    let waitsForContinue: Bool
    let mayRepeat: Bool
    let unixSocketPath: String?
    let signing: HTTPClient.Signing?
    let purpose: String
    let deadline: ContinuousClock.Instant?

    /// Which connections it can share.
    var origin: String { unixSocketPath.map { "unix:\($0) \(address.origin)" } ?? address.origin }
    /// How errors and logs call the other side.
    var host: String { unixSocketPath ?? address.hostAndPort }

    /// - Parameter added: what the client adds, unless the request says otherwise.
    init(
        _ request: HTTPClient.Request, address: Address, isBuffered: Bool, purpose: String,
        deadline: ContinuousClock.Instant?, added: HTTPClient.Headers, configuration: HTTPClient.Configuration
    ) throws(HTTPClientError) {
        let refuse = { (detail: String) in
            HTTPClientError(.invalidRequest, host: address.hostAndPort, detail: detail)
        }
        let name = request.method.rawValue
        guard !name.isEmpty, name.utf8.allSatisfy(HTTPClient.Headers.Field.isToken), name.uppercased() != "CONNECT"
        else { throw refuse("The method \(name.debugDescription) is not one this client sends") }
        if let path = request.unixSocketPath, path.isEmpty || path.utf8.contains(0) || path.utf8.count > 107 {
            throw refuse("The path of the Unix socket has to have 1 to 107 bytes")
        }
        var headers = request.headers
        for field in added.fields where headers[field.name] == nil { headers.add(field.name, field.value) }
        let hasBody = request.body.isGiven || request.method.expectsBody
        for (name, value) in request.signing?.headers(hasBody: hasBody) ?? [] where headers[name] == nil {
            headers.add(name, value)
        }
        for field in headers.fields {
            if let objection = field.objection { throw refuse("Cannot send it: \(objection)") }
        }
        do { body = try WireBody(request.body) } catch { throw refuse("The body's file: \(error)") }
        method = request.method
        self.address = address
        headerLines = Self.lines(of: headers, for: request)
        timeouts = request.timeouts ?? configuration.timeouts
        responseBytesMax =
            request.responseBytesMax ?? (isBuffered ? configuration.bufferedBytesMax : configuration.streamedBytesMax)
        decompresses = request.decompresses
        waitsForContinue = request.waitsForContinue
        mayRepeat = request.mayRepeat ?? request.method.isIdempotent
        unixSocketPath = request.unixSocketPath
        signing = request.signing
        self.purpose = purpose
        self.deadline = deadline
    }

    private static func lines(of headers: HTTPClient.Headers, for request: HTTPClient.Request) -> [String] {
        var lines = headers.fields.map { field in
            // libcurl takes "Name:" as "leave it out" and "Name;" as "send it empty".
            field.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
                ? "\(field.name);" : "\(field.name): \(field.value)"
        }
        if request.waitsForContinue {
            lines.append("Expect: 100-continue")
        } else if request.signing == nil {
            // Otherwise libcurl would ask for long bodies by itself. (It would sign the absence as if it were a header.)
            lines.append("Expect:")
        }
        // Otherwise libcurl would guess application/x-www-form-urlencoded.
        if headers["Content-Type"] == nil, request.signing == nil { lines.append("Content-Type:") }
        return lines
    }
}

/// A body ready to be sent.
enum WireBody: Sendable {
    case none
    case bytes([UInt8])
    case file(OpenFile)
    case stream(length: Int?, pump: @Sendable (UploadPipe) async -> Void)

    init(_ body: HTTPClient.Body) throws(SystemError) {
        switch body.kind {
        case .none: self = .none
        case .bytes(let bytes): self = .bytes(bytes)
        case .file(let path): self = .file(try OpenFile(path))
        case .stream(let length, let pump): self = .stream(length: length, pump: pump)
        }
    }
}
