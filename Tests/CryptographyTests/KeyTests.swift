import Testing

@testable import Cryptography

@Suite struct KeyTests {
    /// RFC 5869, cases 1 to 3.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 22), Array(0...0x0c), Array(0xf0...0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        (
            Array(0x00...0x4f), Array(0x60...0xaf), Array(0xb0...0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271"
                + "cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        (
            [UInt8](repeating: 0x0b, count: 22), [], [],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ])
    func derivationFollowsTheStandard(key: [UInt8], salt: [UInt8], info: [UInt8], output: String) throws {
        let derived = try HKDF.bytes(from: SymmetricKey(key), salt: salt, info: info, count: output.utf8.count / 2)
        #expect(hex(derived) == output)
    }

    @Test func anotherPurposeOrSaltGivesAnotherKey() throws {
        let key = try SymmetricKey.random()
        let backup = try key.derived(for: "backup")
        #expect(try backup == key.derived(for: "backup"))
        #expect(try backup != key.derived(for: "sessions"))
        #expect(try backup != key.derived(for: "backup", salt: [1]))
        #expect(backup != key && backup.byteCount == 32)
    }

    @Test func aKeyNeverPrintsItself() throws {
        let key = SymmetricKey(Array("correct horse battery staple!".utf8))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), String(describing: Optional(key)), "\([key])", dumped] {
            #expect(!text.contains("99") && !text.contains("horse") && !text.contains("0x"), "\(text)")
        }
        #expect("\(key)" == "[key of 232 bits]")
    }

    @Test func aWipedArrayIsZero() {
        var secret: [UInt8] = [1, 2, 3]
        Wipe.now(&secret)
        #expect(secret == [0, 0, 0])
    }

    @Test func randomKeysAndTokensDiffer() throws {
        let tokens = try (0..<100).map { _ in try SecureRandom.token() }
        #expect(Set(tokens).count == 100 && tokens.allSatisfy { $0.utf8.count == 43 })
        #expect(try SymmetricKey.random() != SymmetricKey.random())
        #expect(try SecureRandom.bytes(0).isEmpty)
    }

    @Test(arguments: [
        ([UInt8](), [UInt8](), true), ([1], [1], true), ([1], [2], false), ([1], [1, 2], false), ([], [0], false),
    ])
    func constantTimeComparesLikeAnyOther(left: [UInt8], right: [UInt8], isEqual: Bool) {
        #expect(ConstantTime.areEqual(left, right) == isEqual)
        #expect(ConstantTime.areEqual(hex(left), hex(right)) == isEqual)
    }
}

@Suite struct TextCodingTests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", "", "", ""), ("f", "Zg==", "MY======", "66"), ("fo", "Zm8=", "MZXQ====", "666f"),
        ("foo", "Zm9v", "MZXW6===", "666f6f"), ("foob", "Zm9vYg==", "MZXW6YQ=", "666f6f62"),
        ("fooba", "Zm9vYmE=", "MZXW6YTB", "666f6f6261"), ("foobar", "Zm9vYmFy", "MZXW6YTBOI======", "666f6f626172"),
    ])
    func theExamplesOfTheStandardHold(text: String, base64: String, base32: String, hex: String) {
        let bytes = Array(text.utf8)
        for (coding, encoded) in [
            (TextCoding.base64, base64), (.base32, base32), (.hex, hex), (.base64URL, base64.filter { $0 != "=" }),
            (.base64Unpadded, base64.filter { $0 != "=" }), (.base32Unpadded, base32.filter { $0 != "=" }),
        ] {
            #expect(coding.encode(bytes) == encoded)
            #expect(coding.decode(encoded) == bytes)
        }
    }

    @Test(arguments: [TextCoding.hex, .base64, .base64URL, .base64Unpadded, .base32, .base32Unpadded])
    func everyByteComesBack(coding: TextCoding) {
        for length in 0...20 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: 251 &* ($0 + length) &+ 0xEF) }
            #expect(coding.decode(coding.encode(bytes)) == bytes)
        }
        #expect(coding.decode(coding.encode(Array(0...255))) == Array(0...255))
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm9v=", "Zm9v====", "Zg==Zg==", "Zm 9v", "Zm9v\n",
        "Zm-v",
        "Zm_v", "Zä==", "=Zg=",
    ])
    func base64IsReadStrictly(text: String) { #expect(TextCoding.base64.decode(text) == nil) }

    @Test(arguments: ["Zg==", "Zh", "Z", "Zm9vY", "Zm+v", "Zm/v"])
    func base64URLIsReadStrictly(text: String) { #expect(TextCoding.base64URL.decode(text) == nil) }

    @Test(arguments: ["MY", "MY=====", "MZ======", "M=======", "MZX=====", "my======", "M1======", "MZXW6YT="])
    func base32IsReadStrictly(text: String) { #expect(TextCoding.base32.decode(text) == nil) }

    @Test(arguments: ["0", "0g", "0x00", " 00", "000", "-1"])
    func hexIsReadStrictly(text: String) { #expect(TextCoding.hex.decode(text) == nil) }

    @Test func hexForgivesCapitals() { #expect(TextCoding.hex.decode("aBCdeF") == [0xab, 0xcd, 0xef]) }
}
