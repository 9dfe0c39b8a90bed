import Cryptography
import System
import Testing

@Suite struct TOTPTests {
    static func time(_ seconds: Int64) -> Timestamp { Timestamp(microsecondsSinceEpoch: seconds * 1_000_000) }

    /// RFC 6238, appendix B, with the secrets of its errata: as long as each hash.
    @Test(arguments: [
        (59, "94287082", "46119246", "90693936"), (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"), (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"), (20_000_000_000, "65353130", "77737706", "47863826"),
    ])
    func theExamplesOfTheStandardHold(seconds: Int64, sha1: String, sha256: String, sha512: String) throws {
        let digits = Array(String(repeating: "1234567890", count: 7).utf8)
        for (algorithm, length, code) in [(HashAlgorithm.sha1, 20, sha1), (.sha256, 32, sha256), (.sha512, 64, sha512)]
        {
            let totp = TOTP(secret: SymmetricKey(Array(digits.prefix(length))), algorithm: algorithm, digits: 8)
            #expect(try totp.code(at: Self.time(seconds)) == code)
        }
    }

    let totp = TOTP(secret: SymmetricKey(Array("12345678901234567890".utf8)))

    @Test func codesOfTheNeighbouringStepsAreTaken() throws {
        let now = Self.time(1_234_567_890)
        let step = totp.step(at: now)
        for distance in -3...3 as ClosedRange<Int64> {
            let code = try totp.code(at: now + .seconds(30 * distance))
            let found = try totp.verify(code, at: now)
            #expect(found == ((-1...1).contains(distance) ? step + distance : nil))
        }
        #expect(try totp.verify(totp.code(at: now - .seconds(30)), at: now, window: 0) == nil)
    }

    @Test func noCodeWorksTwice() throws {
        let now = Self.time(1_234_567_890)
        let code = try totp.code(at: now)
        let used = try #require(try totp.verify(code, at: now))
        #expect(try totp.verify(code, at: now, usedStep: used) == nil)
        #expect(try totp.verify(totp.code(at: now - .seconds(30)), at: now, usedStep: used) == nil)
        #expect(try totp.verify(totp.code(at: now + .seconds(30)), at: now, usedStep: used) == used + 1)
    }

    @Test(arguments: ["", "00592", "0059240", "005925", "00592４", " 05924", "005924\0"])
    func whatIsNoCodeIsWrong(code: String) throws {
        #expect(try totp.code(at: Self.time(1_234_567_890)) == "005924")
        #expect(try totp.verify(code, at: Self.time(1_234_567_890)) == nil)
    }

    @Test func theFirstStepHasNoNeighbourBeforeIt() throws {
        #expect(totp.step(at: Self.time(0)) == 0 && totp.step(at: Self.time(-1)) == 0)
        #expect(try totp.verify(totp.code(at: Self.time(0)), at: Self.time(0)) == 0)
    }

    @Test func theURIIsWhatAppsRead() {
        #expect(
            totp.uri(issuer: "Life OS", account: "me@example.org")
                == "otpauth://totp/Life%20OS:me%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Life%20OS&algorithm=SHA1&digits=6&period=30")
    }

    @Test(arguments: [
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
        "GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ",
    ])
    func aTypedSecretIsForgiven(text: String) throws {
        #expect(try #require(TOTP.secret(fromBase32: text)) == totp.secret)
    }

    @Test(arguments: ["", "  ", "GEZ1", "GEZDGNBVGY3TQOJQG"])
    func aBrokenSecretIsRefused(text: String) { #expect(TOTP.secret(fromBase32: text) == nil) }

    @Test func aNewSecretHas160Bits() throws { #expect(try TOTP.randomSecret().byteCount == 20) }
}
