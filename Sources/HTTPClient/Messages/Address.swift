internal import CCurl

/// A URL that was understood, taken apart by libcurl's own parser so that both sides read it alike.
struct Address: Sendable, Equatable {
    /// As it goes to libcurl.
    let url: String
    let scheme: String
    let host: String
    let port: String

    /// What identifies the server: requests with the same origin share connections.
    var origin: String { "\(scheme)://\(hostAndPort)" }
    var hostAndPort: String { "\(host):\(port)" }

    /// - Parameter base: what a relative `text` (of a redirect) is relative to.
    init(_ text: String, relativeTo base: Address? = nil) throws(HTTPClientError) {
        // The parser lives for this call only, and each pointer it hands out is copied and freed at once.
        guard let parser = unsafe curl_url() else { throw HTTPClientError(.transportFailed, host: "") }
        defer { unsafe curl_url_cleanup(parser) }
        func set(_ text: String) -> CURLUcode {
            unsafe curl_url_set(parser, CURLUPART_URL, text, UInt32(CURLU_PATH_AS_IS | CURLU_DISALLOW_USER))
        }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String {
            var pointer: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(parser, part, &pointer, UInt32(flags)) == CURLUE_OK, let found = unsafe pointer
            else { return "" }
            defer { unsafe curl_free(found) }
            return unsafe String(cString: found)
        }
        if let base { _ = set(base.url) }
        let isPlausible = !text.utf8.contains(0) && Self.hasTwoSlashes(text)
        let verdict = isPlausible ? set(text) : CURLUE_MALFORMED_INPUT
        guard verdict == CURLUE_OK else { throw Self.objection(to: verdict) }
        scheme = part(CURLUPART_SCHEME)
        host = part(CURLUPART_HOST).lowercased()
        port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT)
        url = part(CURLUPART_URL)
        guard scheme == "http" || scheme == "https" else {
            throw HTTPClientError(.invalidRequest, host: "", detail: "The URL has to begin with http:// or https://")
        }
    }

    /// libcurl would take the first segment of the path in `http:///path` and `http:/path` for the host.
    private static func hasTwoSlashes(_ text: String) -> Bool {
        let scheme = text.prefix { $0 != ":" }
        guard ["http", "https"].contains(scheme.lowercased()) else { return true }
        let rest = text.dropFirst(scheme.count)
        return rest.hasPrefix("://") && !rest.hasPrefix(":///")
    }

    private static func objection(to verdict: CURLUcode) -> HTTPClientError {
        let detail =
            switch verdict {
            case CURLUE_USER_NOT_ALLOWED:
                "The URL holds user information; put credentials into the header Authorization"
            case CURLUE_UNSUPPORTED_SCHEME, CURLUE_BAD_SCHEME: "The URL has to begin with http:// or https://"
            default:
                "The URL is not valid: \(unsafe curl_url_strerror(verdict).map { unsafe String(cString: $0) } ?? "")"
            }
        return HTTPClientError(.invalidRequest, host: "", detail: detail)
    }
}
