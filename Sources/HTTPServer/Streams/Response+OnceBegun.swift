extension Response {
    /// A streamed body whose making has begun: what goes wrong before its first piece is thrown here, and so gets an answer
    /// of its own rather than a connection that is cut.
    public static func streamOnceBegun(
        type: MediaType,
        _ produce: @escaping @Sendable (_ write: @Sendable ([UInt8]) async throws -> Void) async throws -> Void
    ) async throws -> Response {
        let production = Production(produce)
        let first = try await withTaskCancellationHandler {
            try await production.handover.take()
        } onCancel: {
            production.abandon()
        }
        return stream(type: type) { writer in
            do {
                var next = first
                while let piece = next {
                    try await writer.write(piece)
                    next = try await production.handover.take()
                }
            } catch {
                production.abandon()
                // It may have something to say of that, as long as there is a server.
                await production.task.value
                throw error
            }
        }
    }

    /// The making of a body, which ends with whoever wants it.
    private final class Production: Sendable {
        let handover = Handover()
        let task: Task<Void, Never>

        init(
            _ produce: @escaping @Sendable (_ write: @Sendable ([UInt8]) async throws -> Void) async throws -> Void
        ) {
            task = Task { [handover] in
                do {
                    try await produce { try await handover.give($0) }
                    handover.end()
                } catch {
                    handover.end(error)
                }
            }
        }

        func abandon() {
            task.cancel()
            handover.end(CancellationError())
        }

        // The answer was never sent, as to a request for the head alone.
        deinit { abandon() }
    }
}
