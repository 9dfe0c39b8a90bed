import Cryptography

/// A manifest with its seal: a last line with the SHA-256 of all lines before it and, where there is a key, an HMAC.
///
/// The SHA-256 finds what happens to bytes by accident; the HMAC also finds what somebody did who has no key.
struct ManifestFile {
    let manifest: Manifest
    /// All lines but the last.
    private let lines: ArraySlice<UInt8>
    private let seal: ArraySlice<UInt8>

    static func write(_ manifest: Manifest, _ key: BackupKey?) throws(CryptographyError) -> [UInt8] {
        let lines = manifest.lines
        return lines + (try seal(of: lines[...], key))
    }

    private static func seal(of lines: ArraySlice<UInt8>, _ key: BackupKey?) throws(CryptographyError) -> [UInt8] {
        let text = Array(lines)
        let code = try key?.authenticate(text.span)
        return Array(#"{"sha256":"\#(SHA256.hash(text).hex)"\#(code.map { #","hmac":"\#($0)""# } ?? "")}"#.utf8)
            + [UInt8(ascii: "\n")]
    }

    /// Reads a manifest as far as that is possible without the key.
    init(_ bytes: [UInt8]) throws(ManifestProblem) {
        guard bytes.last == UInt8(ascii: "\n"), let end = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")) else {
            throw .unreadable
        }
        lines = bytes[...end]
        seal = bytes[(end + 1)...]
        let begin = #"{"sha256":"\#(SHA256.hash(Array(lines)).hex)""#
        guard seal.starts(with: begin.utf8) else { throw .wrongSeal }
        manifest = try Manifest(lines: lines)
        let rest = String(decoding: seal.dropFirst(begin.utf8.count), as: UTF8.self)
        let isWellFormed =
            manifest.encryption == nil ? rest == "}\n" : rest.wholeMatch(of: /,"hmac":"[0-9a-f]{64}"}\n/) != nil
        guard isWellFormed else { throw .wrongSeal }
    }

    /// - Parameter key: nil for a backup that is not encrypted.
    func check(with key: BackupKey?) throws {
        guard ConstantTime.areEqual(try Self.seal(of: lines, key), Array(seal)) else { throw ManifestProblem.wrongSeal }
    }
}
