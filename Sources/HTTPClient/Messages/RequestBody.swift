extension HTTPClient {
    /// What a request carries.
    public struct Body: Sendable {
        enum Kind: Sendable {
            case none
            case bytes([UInt8])
            case file(String)
            case stream(length: Int?, pump: @Sendable (UploadPipe) async -> Void)
        }

        let kind: Kind

        public static let none = Body(kind: .none)

        /// Bytes held in memory.
        public static func bytes(_ bytes: [UInt8]) -> Body { Body(kind: .bytes(bytes)) }

        /// Text as UTF-8. Say what it is with the header `Content-Type`.
        public static func text(_ text: String) -> Body { .bytes([UInt8](text.utf8)) }

        /// A file, read while it is sent. Its length must not change meanwhile.
        public static func file(_ path: String) -> Body { Body(kind: .file(path)) }

        /// Chunks made while they are sent: the next is asked for once the last has gone out.
        ///
        /// With a `length` the chunks must add up to it; without, the body is sent chunked, which some servers refuse.
        /// Such a body cannot be sent twice: no redirect that keeps the body is followed. The task that makes the chunks
        /// is cancelled when the request ends before them.
        public static func stream(
            _ chunks: some AsyncSequence<[UInt8], any Error> & Sendable, length: Int? = nil
        ) -> Body {
            Body(kind: .stream(length: length) { pipe in await pipe.pump(chunks) })
        }

        /// Chunks from a sequence that cannot fail.
        public static func stream(
            _ chunks: some AsyncSequence<[UInt8], Never> & Sendable, length: Int? = nil
        ) -> Body {
            Body(kind: .stream(length: length) { pipe in await pipe.pump(chunks) })
        }

        var isGiven: Bool {
            if case .none = kind { false } else { true }
        }

        /// Whether it can be sent a second time.
        var isReplayable: Bool {
            if case .stream = kind { false } else { true }
        }
    }
}
