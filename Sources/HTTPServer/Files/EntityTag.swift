/// Names one state of a resource: equal strong tags promise equal bytes, equal weak ones equal meaning.
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// What is between the quotes.
    public let opaque: String
    public let isWeak: Bool

    /// - Parameter opaque: printable characters without spaces and quotes.
    public init(_ opaque: String, isWeak: Bool = false) {
        precondition(opaque.utf8.allSatisfy(Self.isTagByte), "an entity tag holds neither quotes nor spaces")
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// As `ETag` wants it.
    public var description: String { "\(isWeak ? "W/" : "")\"\(opaque)\"" }

    /// Reads one tag; `nil` when it is malformed.
    public init?(header: some StringProtocol) {
        var scanner = HeaderScanner(header)
        guard let tag = Self.read(&scanner), scanner.isAtEnd else { return nil }
        self = tag
    }

    /// Both strong and the same: what changes and ranges need.
    public func isStronglyEqual(to other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && opaque == other.opaque
    }

    /// The same, weak or not: what caches need.
    public func isWeaklyEqual(to other: EntityTag) -> Bool { opaque == other.opaque }

    fileprivate static func read(_ scanner: inout HeaderScanner) -> EntityTag? {
        scanner.skipSpace()
        let isWeak = scanner.skip("W")
        if isWeak, !scanner.skip("/") { return nil }
        guard scanner.skip("\"") else { return nil }
        let opaque = scanner.take(while: isTagByte)
        guard scanner.skip("\"") else { return nil }
        scanner.skipSpace()
        return EntityTag(opaque, isWeak: isWeak)
    }

    private static func isTagByte(_ byte: UInt8) -> Bool { byte == 0x21 || byte >= 0x23 && byte != 0x7F }
}

extension EntityTag {
    /// What `If-Match` and `If-None-Match` hold.
    public enum Condition: Sendable, Equatable {
        /// `*`: whatever there is.
        case any
        case tags([EntityTag])

        /// More tags than any client has a reason to send are refused.
        public static let tagCountMax = 100

        /// Reads a header, several joined with commas; `nil` when it is malformed.
        public init?(header: some StringProtocol) {
            var scanner = HeaderScanner(header)
            scanner.skipSpace()
            if scanner.skip("*") {
                scanner.skipSpace()
                guard scanner.isAtEnd else { return nil }
                self = .any
                return
            }
            var tags: [EntityTag] = []
            repeat {
                guard tags.count < Self.tagCountMax, let tag = EntityTag.read(&scanner) else { return nil }
                tags.append(tag)
            } while scanner.skip(",")
            guard scanner.isAtEnd else { return nil }
            self = .tags(tags)
        }
    }
}
