public import HTTPServer

/// The headers that every answer carries. To add one, add a line to ``everywhere``.
public struct SecurityHeaders: Middleware {
    private static let everywhere: [(name: String, value: String)] = [
        // Nothing but our own files: no inline script, no inline style, no other host, no frame around us.
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
                + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
    ]

    /// What answers are prepared with that go out as they are.
    public let headers: [(name: String, value: String)]

    /// - Parameters:
    ///   - isSecure: whether clients come by HTTPS; only then may they be told to insist on it.
    ///   - more: what every answer of this process says besides.
    public init(isSecure: Bool, more: [(name: String, value: String)] = []) {
        let insist = (name: "Strict-Transport-Security", value: "max-age=31536000; includeSubDomains")
        headers = Self.everywhere + (isSecure ? [insist] : []) + more
    }

    public func after(_ request: Request, _ response: inout Response) {
        for (name, value) in headers where !response.headers.contains(name) { response.headers.add(name, value) }
    }
}
