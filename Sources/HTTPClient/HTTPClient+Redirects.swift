extension HTTPClient.Request {
    /// What the redirect asks for; `nil` when the answer is none, or is to be handed to the caller as it is.
    ///
    /// To another origin go only headers that say nothing about the caller, and never from `https` to `http`.
    func following(_ head: Head, from origin: Address) throws(HTTPClientError) -> (Self, Address)? {
        guard redirectsMax > 0, [301, 302, 303, 307, 308].contains(head.status), let location = head.headers["Location"]
        else { return nil }
        guard let target = try? Address(location, relativeTo: origin) else {
            throw HTTPClientError(
                .brokenResponse, host: origin.hostAndPort, mayHaveBeenSent: true,
                detail: "The redirect's Location is not a URL to follow")
        }
        guard origin.scheme == "http" || target.scheme == "https" else { return nil }
        var next = self
        next.redirectsMax -= 1
        next.url = target.url
        if head.status == 303 && method != .head || method == .post && head.status < 303 {
            next.method = .get
            next.body = .none
            for name in ["Content-Type", "Content-Encoding", "Content-Language"] { next.headers[name] = nil }
        } else if !body.isReplayable {
            return nil
        }
        if target.origin != origin.origin {
            let harmless = ["accept", "accept-language", "content-type", "user-agent", "range"]
            next.headers = HTTPClient.Headers(headers.fields.filter { harmless.contains($0.name.lowercased()) })
            next.signing = nil
        }
        return (next, target)
    }
}
