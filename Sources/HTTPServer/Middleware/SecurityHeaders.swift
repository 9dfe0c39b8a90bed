/// Adds the headers that keep a browser from doing more with an answer than was meant, where the answer does not have
/// them already.
public struct SecurityHeaders: Middleware {
    /// What every answer gets.
    public let headers: Headers
    /// What pages get: scripts, styles and everything else only from here, and no framing.
    public let contentSecurityPolicy: String

    public init(
        headers: Headers = [
            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
        ],
        contentSecurityPolicy: String =
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ) {
        self.headers = headers
        self.contentSecurityPolicy = contentSecurityPolicy
    }

    public func after(_ request: Request, _ response: inout Response) {
        for (name, value) in headers.pairs where !response.headers.contains(name) { response.headers.add(name, value) }
        let isPage = response.headers["Content-Type"]?.hasPrefix("text/html") ?? false
        if isPage, !response.headers.contains("Content-Security-Policy") {
            response.headers.add("Content-Security-Policy", contentSecurityPolicy)
        }
    }
}
