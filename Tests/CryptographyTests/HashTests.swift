import Cryptography
import Testing

/// The bytes of a hexadecimal text in a test's table.
func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }
    return TextCoding.hex.decode(digits) ?? []
}

func hex(_ bytes: [UInt8]) -> String { TextCoding.hex.encode(bytes) }

@Suite struct SHA256Tests {
    /// FIPS 180-4, the examples of its publisher.
    static let known = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test(arguments: known)
    func theExamplesOfTheStandardHold(message: String, digest: String) throws {
        #expect(SHA256.hash(message).hex == digest)
        #expect(SHA256.hash(Array(message.utf8)).hex == digest)
        var hasher = try SHA256()
        for byte in message.utf8 { hasher.update([byte]) }
        #expect(hasher.finish().hex == digest)
    }

    @Test func aMillionLettersInPieces() throws {
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000)
        var hasher = try SHA256()
        for _ in 0..<1_000 { hasher.update(piece) }
        #expect(hasher.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func oneHasherServesAChain() throws {
        var hasher = try SHA256()
        var chained = SHA256Digest.zero
        var expected = SHA256Digest.zero
        for n in 0..<100 {
            let event = Array("event \(n)".utf8)
            hasher.update(chained)
            hasher.update(event)
            chained = hasher.finish()
            expected = SHA256.hash(expected.bytes + event)
            #expect(chained == expected)
        }
    }

    @Test func aDigestIsItsBytes() throws {
        let digest = SHA256.hash("abc")
        #expect(SHA256Digest(digest.bytes) == digest && SHA256Digest(hex: digest.hex) == digest)
        #expect(digest != .zero && SHA256Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
        #expect("\(digest)" == digest.hex)
        #expect(SHA256Digest(Array(digest.bytes.dropLast())) == nil)
        #expect(SHA256Digest(hex: digest.hex + "00") == nil && SHA256Digest(hex: "zz" + digest.hex.dropFirst(2)) == nil)
    }
}

@Suite struct HMACTests {
    struct Example: Sendable {
        let key: [UInt8]
        let message: [UInt8]
        let sha256: String
        let sha512: String
    }

    /// RFC 4231, cases 1 to 4, 6 and 7.
    static let examples = [
        Example(
            key: .init(repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
            sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            sha512:
                "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
        ),
        Example(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            sha512:
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        ),
        Example(
            key: .init(repeating: 0xaa, count: 20), message: .init(repeating: 0xdd, count: 50),
            sha256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            sha512:
                "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
                + "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"
        ),
        Example(
            key: Array(1...25), message: .init(repeating: 0xcd, count: 50),
            sha256: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            sha512:
                "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
                + "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"
        ),
        Example(
            key: .init(repeating: 0xaa, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            sha512:
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
        ),
        Example(
            key: .init(repeating: 0xaa, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data."
                    + " The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            sha256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            sha512:
                "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
                + "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"
        ),
    ]

    @Test(arguments: examples)
    func theExamplesOfTheStandardHold(example: Example) throws {
        let key = SymmetricKey(example.key)
        #expect(hex(try HMAC.authenticate(example.message, key: key)) == example.sha256)
        #expect(hex(try HMAC.authenticate(example.message, key: key, algorithm: .sha512)) == example.sha512)
        #expect(try HMAC.isValid(bytes(example.sha256), for: example.message, key: key))
    }

    @Test func aWrongCodeIsInvalid() throws {
        let (key, message) = (SymmetricKey([1, 2, 3]), Array("message".utf8))
        let code = try HMAC.authenticate(message, key: key)
        for index in code.indices {
            var wrong = code
            wrong[index] ^= 1
            #expect(try !HMAC.isValid(wrong, for: message, key: key))
        }
        #expect(try !HMAC.isValid(Array(code.dropLast()), for: message, key: key))
        #expect(try !HMAC.isValid([], for: message, key: key))
        #expect(try HMAC.authenticate([], key: key).count == 32)
    }
}
