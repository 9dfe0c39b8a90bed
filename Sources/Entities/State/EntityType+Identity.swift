public import Catalogue
import Cryptography
public import JSON
public import System

extension EntityType {
    /// The id of the entity whose unique field has this value; nil where the type has none, or nothing is left of it.
    public func derivedID(for data: JSONObject) -> UUID? {
        uniqueBy.flatMap { data[$0]?.string }.flatMap { Slug.of($0) }.map { derivedID(slug: $0) }
    }

    /// The same from the slug. Version 8 of RFC 9562: made from a hash, so that no look-up is needed.
    public func derivedID(slug: String) -> UUID {
        UUID(madeOf: "\(name):\(slug)")
    }
}

extension UUID {
    /// The same from the same text.
    public init(madeOf text: String) {
        let bytes = SHA256.hash(text).bytes
        func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0) & ~0xF000 | 0x8000, low: word(8) & (UInt64.max >> 2) | 1 << 63)
    }
}
