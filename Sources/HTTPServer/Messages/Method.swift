/// The request methods this server knows; any other is answered with 501.
public enum Method: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case get, head, post, put, patch, delete, options

    /// As it is in a request: upper case.
    public var description: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        }
    }

    /// Whether a request only reads, so that asking again changes nothing.
    public var isSafe: Bool {
        switch self {
        case .get, .head, .options: true
        case .post, .put, .patch, .delete: false
        }
    }

    /// Methods are case-sensitive: `get` is not `GET`.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        // The first two letters tell all of them apart; the whole word then has to be equal.
        guard bytes.count >= 3 else { return nil }
        let guess: Method =
            switch unsafe (bytes[0], bytes[1]) {
            case (UInt8(ascii: "G"), _): .get
            case (UInt8(ascii: "H"), _): .head
            case (UInt8(ascii: "D"), _): .delete
            case (UInt8(ascii: "O"), _): .options
            case (UInt8(ascii: "P"), UInt8(ascii: "O")): .post
            case (UInt8(ascii: "P"), UInt8(ascii: "U")): .put
            default: .patch
            }
        guard unsafe Self.words[Int(guess.rawValue)].elementsEqual(bytes) else { return nil }
        self = guess
    }

    private static let words = allCases.map { Array($0.description.utf8) }
}
