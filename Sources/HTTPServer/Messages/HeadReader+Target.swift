/// The target: `/path?query`, the absolute form that proxies send, or `*` for `OPTIONS`.
extension HeadReader {
    mutating func readTarget() throws(Problem) {
        guard target.count <= limits.targetBytesMax else { throw .uriTooLong(limitBytes: limits.targetBytesMax) }
        var pathStart = 0
        var queryMark = -1
        var hasEscapes = false
        for index in 0..<target.count {
            switch bytes[index] {
            case UInt8(ascii: "?") where queryMark < 0: queryMark = index
            case UInt8(ascii: "%"): hasEscapes = true
            case UInt8(ascii: "#"), 0...0x20, 0x7F...0xFF:
                throw .badRequest("The target holds characters that have to be percent-encoded.", code: Self.code)
            default: break
            }
        }
        let end = queryMark < 0 ? target.count : queryMark
        if bytes.first != UInt8(ascii: "/") {
            if method == .options, target.count == 1, bytes[0] == UInt8(ascii: "*") {
                path = target
                return
            }
            guard let authority = authorityAfterScheme(end: end) else {
                throw .badRequest("The request target must be a path that begins with a slash.", code: Self.code)
            }
            pathStart = authority.end
        }
        path = Extent(start: pathStart, count: end - pathStart)
        query = queryMark < 0 ? Extent() : Extent(start: end + 1, count: target.count - end - 1)
        if hasEscapes || path.count == 0 { try normalisePath() }
    }

    private static let code: Problem.Code = "malformed_target"

    /// `http://authority`, whose authority counts instead of `Host`; we serve every authority alike.
    private func authorityAfterScheme(end: Int) -> Extent? {
        for scheme in ["http://", "https://"] {
            let count = scheme.utf8.count
            guard end > count, zip(bytes, scheme.utf8).allSatisfy({ Headers.fold($0) == $1 }) else { continue }
            var stop = count
            while stop < end, bytes[stop] != UInt8(ascii: "/") { stop += 1 }
            let authority = Extent(start: count, count: stop - count)
            return authority.count > 0 && isAuthority(authority) ? authority : nil
        }
        return nil
    }

    /// Decodes what needs no encoding (RFC 3986, 6.2.2.2), so that `/%61pi` finds `/api` while `%2F` stays a part of
    /// its segment. The result is appended to the bytes.
    private mutating func normalisePath() throws(Problem) {
        let start = bytes.count
        var at = path.start
        if path.count == 0 { bytes.append(UInt8(ascii: "/")) }
        while at < path.end {
            let byte = bytes[at]
            at += 1
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard at + 2 <= path.end, let high = Character(Unicode.Scalar(bytes[at])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[at + 1])).hexDigitValue
            else {
                throw .badRequest("A `%` in the target has no two hexadecimal digits behind it.", code: Self.code)
            }
            let decoded = UInt8(high << 4 | low)
            if Self.isUnreserved(decoded) {
                bytes.append(decoded)
            } else {
                bytes.append(byte)
                bytes.append(bytes[at])
                bytes.append(bytes[at + 1])
            }
            at += 2
        }
        path = Extent(start: start, count: bytes.count - start)
    }

    /// A host and perhaps a port; empty is allowed, as for a target without an authority.
    func isAuthority(_ range: Extent) -> Bool {
        bytes[range.range].allSatisfy { byte in
            Self.isUnreserved(byte) || "%:[]!$&'()*+,;=".utf8.contains(byte)
        }
    }
}

/// Classes of bytes.
extension HeadReader {
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "~")
    }

    /// What names of headers and methods may consist of (RFC 9110, 5.6.2).
    static func isTokenByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "-") || "!#$%&'*+.^_`|~".utf8.contains(byte)
    }

    /// What we repeat in logs and answers without having to escape it.
    static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || ":@+=/".utf8.contains(byte)
    }
}
