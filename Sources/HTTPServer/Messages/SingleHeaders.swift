/// Headers that have one value. Of two, we might act on the one and whoever is before us has checked the other, so a
/// request with two is refused. Lists such as `If-Match` and `Accept` may be spread over several headers; `Cookie` is
/// read from all of them.
///
/// `Host` and what says where a body ends have rules of their own; `X-Request-Id` and `traceparent` only name things.
struct SingleHeaders {
    private var seen: UInt16 = 0

    /// Whether it is one of them and there was one before.
    ///
    /// - Parameter isNamed: compares the header's name with one in lower case.
    mutating func isRepeated(nameBytes: Int, _ isNamed: (StaticString) -> Bool) -> Bool {
        guard let place = Self.place(nameBytes, isNamed) else { return false }
        defer { seen |= 1 << place }
        return seen & 1 << place != 0
    }

    /// The length tells most names apart before any byte is compared.
    private static func place(_ nameBytes: Int, _ isNamed: (StaticString) -> Bool) -> UInt16? {
        switch nameBytes {
        case 5 where isNamed("range"): 0
        case 6 where isNamed("origin"): 1
        case 8 where isNamed("x-reason"): 2
        case 8 where isNamed("if-range"): 3
        case 12 where isNamed("content-type"): 4
        case 13 where isNamed("authorization"): 5
        case 13 where isNamed("last-event-id"): 6
        case 14 where isNamed("sec-fetch-site"): 7
        case 15 where isNamed("idempotency-key"): 8
        case 16 where isNamed("x-correlation-id"): 9
        case 17 where isNamed("if-modified-since"): 10
        case 19 where isNamed("if-unmodified-since"): 11
        default: nil
        }
    }
}
