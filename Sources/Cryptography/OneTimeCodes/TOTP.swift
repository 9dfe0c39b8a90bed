public import System

/// Time-based one-time codes (RFC 6238), as authenticator apps show them.
public struct TOTP: Sendable {
    public let secret: SymmetricKey
    public let algorithm: HashAlgorithm
    public let digits: Int
    public let periodSeconds: Int

    /// - Parameters:
    ///   - algorithm: SHA-1, which every app knows; many apps ignore any other.
    ///   - digits: 6, as apps expect; up to 8.
    public init(
        secret: SymmetricKey, algorithm: HashAlgorithm = .sha1, digits: Int = 6, periodSeconds: Int = 30
    ) {
        precondition(6...8 ~= digits && periodSeconds > 0, "codes have 6 to 8 digits and a period")
        self.secret = secret
        self.algorithm = algorithm
        self.digits = digits
        self.periodSeconds = periodSeconds
    }

    /// A secret as apps take it: base32, blanks and letter case forgiven. Nil when it is not that.
    public static func secret(fromBase32 text: String) -> SymmetricKey? {
        let digits = text.uppercased().filter { $0 != " " && $0 != "-" && $0 != "=" }
        guard let bytes = TextCoding.base32Unpadded.decode(digits), !bytes.isEmpty else { return nil }
        return SymmetricKey(bytes)
    }

    /// A new secret of 160 bits, as long as RFC 4226 recommends.
    public static func randomSecret() throws(CryptographyError) -> SymmetricKey { try .random(byteCount: 20) }

    public var base32Secret: String { secret.withBytes { TextCoding.base32Unpadded.encode($0) } }

    /// The number of the period that a moment lies in.
    public func step(at time: Timestamp) -> Int64 {
        let seconds = time.microsecondsSinceEpoch.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = seconds.remainder < 0 ? seconds.quotient - 1 : seconds.quotient
        return max(0, whole) / Int64(periodSeconds)
    }

    public func code(at time: Timestamp) throws(CryptographyError) -> String { try code(forStep: step(at: time)) }

    /// The step that the code belongs to, or nil when it is wrong.
    ///
    /// Codes of the steps around now are taken too, for clocks that differ and people who type slowly. Store the step
    /// that is returned and pass it as `usedStep` next time: so no code works twice.
    public func verify(
        _ code: String, at time: Timestamp, usedStep: Int64? = nil, window: Int = 1
    ) throws(CryptographyError) -> Int64? {
        let now = step(at: time)
        var found: Int64?
        // All of them are compared, so that the time does not tell which one fits.
        for step in max(0, now - Int64(window))...now + Int64(window) {
            if ConstantTime.areEqual(code, try self.code(forStep: step)), found == nil { found = step }
        }
        guard let found, found > usedStep ?? -1 else { return nil }
        return found
    }

    /// What a QR code for authenticator apps holds.
    public func uri(issuer: String, account: String) -> String {
        let (issuer, account) = (Self.escaped(issuer), Self.escaped(account))
        return "otpauth://totp/\(issuer):\(account)?secret=\(base32Secret)&issuer=\(issuer)"
            + "&algorithm=\(algorithm.name)&digits=\(digits)&period=\(periodSeconds)"
    }

    private func code(forStep step: Int64) throws(CryptographyError) -> String {
        let counter = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: step >> Int64($0)) }
        let hash = try HMAC.authenticate(counter, key: secret, algorithm: algorithm)
        // RFC 4226 5.3: the last four bits say where the 31 bits begin that become the code.
        let offset = Int(hash[hash.count - 1] & 0xF)
        let bits = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus: UInt32 = (0..<digits).reduce(1) { power, _ in power * 10 }
        let code = String(bits % modulus)
        return String(repeating: "0", count: digits - code.utf8.count) + code
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + TextCoding.hex.encode([byte]).uppercased()
            }
        }
        return escaped
    }
}
