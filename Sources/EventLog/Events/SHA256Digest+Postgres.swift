public import Cryptography
public import Postgres

/// A digest is `bytea` of 32 bytes.
extension SHA256Digest: PostgresValue {
    public static var postgresType: PostgresType { .bytea }

    public func encode(into writer: inout BinaryWriter) { writer.append(bytes) }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        let bytes = try [UInt8](binary: binary, type: type)
        guard let digest = SHA256Digest(bytes) else {
            throw PostgresError(
                .decoding, "a hash of \(bytes.count) bytes where \(SHA256Digest.byteCount) were wanted",
                hint: "run `lifeos log verify`")
        }
        self = digest
    }
}
