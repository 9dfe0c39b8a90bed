/// Where a server answers: a port of an internet address, or a Unix socket.
public enum ListenAddress: Sendable, Hashable {
    /// `host` is an IPv4 or IPv6 address without brackets, or a name; port 0 lets the system choose.
    case internet(host: String, port: UInt16)
    /// A socket at this absolute path.
    case unix(path: String)

    /// Whether only this machine can reach it. A name other than `localhost` counts as reachable from outside.
    public var isLocal: Bool {
        switch self {
        case .unix: true
        case .internet(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }
}

extension ListenAddress: CustomStringConvertible, LosslessStringConvertible {
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .internet(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// Takes `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` and `unix:/path`; anything else is `nil`.
    public init?(_ text: String) {
        try? self.init(reading: text)
    }

    init(reading text: String) throws(Malformed) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), !path.utf8.contains(0) else {
                throw Malformed(hint: "Write the socket's absolute path: unix:/run/lifeos.sock.")
            }
            // The kernel keeps a socket's path in 108 bytes, the closing zero included.
            guard path.utf8.count < 108 else { throw Malformed(hint: "A socket's path holds at most 107 bytes.") }
            self = .unix(path: path)
            return
        }
        if let port = Self.port(text) { throw Malformed(hint: "Write 127.0.0.1:\(port) for this machine only.") }
        guard let colon = text.lastIndex(of: ":") else { throw Malformed() }
        var host = String(text[..<colon])
        guard let port = Self.port(String(text[text.index(after: colon)...])) else { throw Malformed() }
        if host.isEmpty {
            throw Malformed(hint: "Write 127.0.0.1:\(port) for this machine only, 0.0.0.0:\(port) for every address.")
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard Self.looksLikeIPv6(host) else { throw Malformed() }
        } else {
            if Self.looksLikeIPv6(host) { throw Malformed(hint: "Write [\(host)]:\(port), with brackets.") }
            guard Self.isIPv4(host) ?? Self.isName(host) else { throw Malformed() }
        }
        self = .internet(host: host, port: port)
    }

    private static func port(_ text: String) -> UInt16? {
        text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? UInt16(text) : nil
    }

    /// Only the letters are checked; what they mean is the system's to say when it binds.
    private static func looksLikeIPv6(_ text: String) -> Bool {
        text.utf8.count { $0 == UInt8(ascii: ":") } >= 2
            && text.prefix { $0 != "%" }.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
    }

    /// `nil` where the text is not made of digits and dots and so may be a name.
    private static func isIPv4(_ text: String) -> Bool? {
        guard text.allSatisfy({ $0 == "." || ($0.isASCII && $0.isNumber) }) else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && ($0 == "0" || !$0.hasPrefix("0")) }
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                1...63 ~= label.utf8.count && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }
    }
}

extension Kind where Value == ListenAddress {
    /// `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `unix:/path`.
    public static var listenAddress: Kind {
        Kind(form: "an address such as 127.0.0.1:8080, [::1]:8080 or unix:/run/lifeos.sock", placeholder: "address") {
            text, _ throws(Malformed) in try ListenAddress(reading: text)
        }
    }
}
