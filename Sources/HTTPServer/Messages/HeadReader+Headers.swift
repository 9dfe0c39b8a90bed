internal import Telemetry

/// The headers that decide how a request is received.
extension HeadReader {
    mutating func interpretHeaders() throws(Problem) {
        var hosts = 0
        var lengths: [Extent] = []
        var codings: [Extent] = []
        var traceParent: Extent?
        var traceStates: [String] = []
        var single = SingleHeaders()
        for field in fields {
            // The length tells most names apart before any byte is compared.
            if single.isRepeated(nameBytes: field.name.count, { isNamed(field, $0) }) {
                throw .badRequest("`\(text(field.name))` is there twice. Send it once.", code: "repeated_header")
            }
            switch field.name.count {
            case 4 where isNamed(field, "host"):
                hosts += 1
                guard isAuthority(field.value) else {
                    throw .badRequest("`Host` is not a name or address. Correct it.", code: "malformed_host")
                }
            case 14 where isNamed(field, "content-length"): lengths.append(try exactValue(field))
            case 17 where isNamed(field, "transfer-encoding"): codings.append(try exactValue(field))
            case 6 where isNamed(field, "expect"):
                guard isValue(try exactValue(field), "100-continue") else {
                    throw Problem(
                        .expectationFailed, "expectation_failed",
                        "Only `Expect: 100-continue` is met here. Leave it out.")
                }
                expectsContinue = isVersion11
            case 12 where isNamed(field, "x-request-id"): takeRequestID(field.value)
            case 11 where isNamed(field, "traceparent"): traceParent = field.value
            case 10 where isNamed(field, "tracestate"): traceStates.append(text(field.value))
            default: break
            }
        }
        guard hosts == 1 || hosts == 0 && !isVersion11 else {
            throw .badRequest("Send exactly one `Host` header.", code: "malformed_host")
        }
        if let traceParent { takeTrace(text(traceParent), state: traceStates) }
        try readFraming(lengths, codings)
    }

    /// Whoever is before us might read the body's end elsewhere, so anything but one clear statement is refused.
    private mutating func readFraming(_ lengths: [Extent], _ codings: [Extent]) throws(Problem) {
        guard lengths.count <= 1, codings.count <= 1, lengths.isEmpty || codings.isEmpty else {
            throw .badRequest(
                "The end of the body is stated twice. Send one `Content-Length` or `Transfer-Encoding: chunked`.",
                code: "ambiguous_framing")
        }
        if let coding = codings.first {
            guard isVersion11 else {
                throw .badRequest(
                    "HTTP/1.0 knows no `Transfer-Encoding`. Send `Content-Length`.", code: "ambiguous_framing")
            }
            guard isValue(coding, "chunked") else { throw .notImplemented("This `Transfer-Encoding`") }
            framing = .chunked
        } else if let length = lengths.first {
            guard bytes[length.range].allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
                let count = Int64(text(length))
            else { throw Self.malformedLength }
            framing = count == 0 ? .none : .length(count)
        }
    }

    static let malformedLength = Problem.badRequest(
        "`Content-Length` is not a number of bytes. Correct it.", code: "ambiguous_framing")

    /// The value of a header that the library acts upon by itself. It compares all bytes up to the NUL that it put behind
    /// the value, while values here have lost their trailing blanks: with one of those it would find the end of the
    /// body elsewhere than we do, so such a value is refused. `Connection`, whose tokens it looks for between blanks, and
    /// `Host`, which it leaves to us, need no such care.
    private func exactValue(_ field: RequestHead.Field) throws(Problem) -> Extent {
        guard bytes[field.value.end] == 0 else {
            throw .badRequest(
                "`\(text(field.name))` ends in a blank. Send its value without one.", code: "ambiguous_framing")
        }
        return field.value
    }

    private mutating func takeRequestID(_ value: Extent) {
        guard 1...limits.requestIDBytesMax ~= value.count, bytes[value.range].allSatisfy({ Self.isIdentifierByte($0) })
        else { return }
        requestID = text(value)
    }

    /// The request becomes a span beneath the caller's.
    private mutating func takeTrace(_ parent: String, state: [String]) {
        let states = state.isEmpty ? nil : state.joined(separator: ",")
        guard let caller = TraceContext(traceparent: parent, tracestate: states) else { return }
        trace = TraceContext(
            traceID: caller.traceID, spanID: trace.spanID, isSampled: caller.isSampled, state: caller.state)
    }

    private func text(_ range: Extent) -> String { String(decoding: bytes[range.range], as: UTF8.self) }

    private func isNamed(_ field: RequestHead.Field, _ lowerName: StaticString) -> Bool {
        lowerName.withUTF8Buffer { unsafe RequestHead.isSame(bytes, field.name, $0) }
    }

    private func isValue(_ range: Extent, _ lower: StaticString) -> Bool {
        lower.withUTF8Buffer { unsafe RequestHead.isSame(bytes, range, $0) }
    }
}
