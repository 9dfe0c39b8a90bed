internal import CCrypto

/// Why something was not sealed, opened, hashed or derived. It never holds a secret.
public struct CryptographyError: Error, Equatable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// The bytes are not of the expected form: another kind of file, or an unknown version.
        public static let malformed = Code(rawValue: "malformed")
        /// The key is not the one these bytes were sealed with, or the beginning was changed.
        public static let wrongKey = Code(rawValue: "wrong_key")
        /// The bytes were changed, or are in another order.
        public static let damaged = Code(rawValue: "damaged")
        /// The end is missing.
        public static let truncated = Code(rawValue: "truncated")
        /// More than a limit allows.
        public static let tooLarge = Code(rawValue: "too_large")
        /// Too many wait already.
        public static let overloaded = Code(rawValue: "overloaded")
        /// The library refused; the message holds its reason.
        public static let library = Code(rawValue: "library")
    }

    public let code: Code
    /// What happened and what to do about it.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

extension CryptographyError {
    /// Takes libcrypto's reasons of this thread. Call it right behind what failed.
    static func library(_ operation: String) -> CryptographyError {
        var reasons: [String] = []
        while case let number = ERR_get_error(), number != 0 {
            if let text = unsafe ERR_reason_error_string(number) { unsafe reasons.append(String(cString: text)) }
        }
        let reason = reasons.isEmpty ? "no reason given" : reasons.joined(separator: "; ")
        return CryptographyError(.library, "libcrypto could not do \(operation): \(reason)")
    }
}
