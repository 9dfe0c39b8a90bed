internal import System
internal import Telemetry

/// The body of an answer that is made while it is sent.
public struct ResponseStream: Sendable {
    let length: Int64?
    let bufferBytesMax: Int
    let produce: @Sendable (ResponseWriter) async throws -> Void
}

extension Response {
    /// An answer whose body is made while it is sent: `produce` waits whenever the client is slower than it.
    ///
    /// By the time `produce` throws, the head was sent: the connection is cut, so that the client sees that something
    /// is missing, and the error is logged.
    /// - Parameters:
    ///   - length: the size of the whole body where it is known; otherwise it is sent in chunks.
    ///   - bufferBytesMax: how much may wait for the client, 64 KiB unless said otherwise.
    public static func stream(
        _ status: Status = .ok, type: MediaType = .bytes, length: Int64? = nil, bufferBytesMax: Int = 64 << 10,
        _ produce: @escaping @Sendable (ResponseWriter) async throws -> Void
    ) -> Response {
        Response(
            status, headers: ["Content-Type": type.description],
            body: .stream(ResponseStream(length: length, bufferBytesMax: bufferBytesMax, produce: produce)))
    }
}

/// Takes the pieces of a streamed body.
public struct ResponseWriter: Sendable {
    let pipe: ResponsePipe

    /// Waits until there is room. Throws `CancellationError` when the client is gone or the server stops.
    public func write(_ bytes: [UInt8]) async throws { try await pipe.write(bytes) }

    public func write(_ text: String) async throws { try await pipe.write(Array(text.utf8)) }
}

/// Between whoever makes a body and the connection that sends it.
final class ResponsePipe: OutgoingBody {
    private struct State {
        var bytes = ByteQueue()
        var end: OutgoingPiece?
        var writer: CheckedContinuation<Void, Never>?
        var task: Task<Void, Never>?
        var bell: Doorbell?
    }

    private let stream: ResponseStream
    private let state = Lock(State())

    init(_ stream: ResponseStream) { self.stream = stream }

    var pause: Activity.Kind { .handling }

    func begin(on connection: Connection, _ head: RequestHead) {
        state.withLock { $0.bell = connection.doorbell }
        let core = connection.core
        let task = Task {
            await Ambient.$requestID.withValue(head.requestID) {
                await Ambient.$trace.withValue(head.trace) { await run(core, head) }
            }
        }
        let isOver = state.withLock { state in
            if state.end == nil { state.task = task }
            return state.end != nil
        }
        if isOver { task.cancel() }
    }

    private func run(_ core: ServerCore, _ head: RequestHead) async {
        do {
            try await stream.produce(ResponseWriter(pipe: self))
            finish(.complete)
        } catch {
            if !(error is CancellationError) {
                core.logger.error(
                    "An answer was cut off, because making it failed",
                    ["request_id": head.requestID, "route": head.endpoint.route.pattern, "error": "\(error)"])
            }
            finish(.failed)
        }
    }

    func write(_ bytes: [UInt8]) async throws {
        if bytes.isEmpty { return }
        while true {
            try Task.checkCancellation()
            let (isTaken, bell): (Bool, Doorbell?) = try state.withLock { state in
                if state.end != nil { throw CancellationError() }
                guard state.bytes.count < stream.bufferBytesMax else { return (false, nil) }
                state.bytes.append(bytes)
                return (true, state.bell)
            }
            bell?.ring()
            if isTaken { return }
            await waitForRoom()
        }
    }

    private func waitForRoom() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { writer in
                let isRoom = state.withLock { state in
                    if state.end != nil || state.bytes.count < stream.bufferBytesMax { return true }
                    precondition(state.writer == nil, "only one task may write the body of an answer")
                    state.writer = writer
                    return false
                }
                if isRoom { writer.resume() }
            }
        } onCancel: {
            finish(.failed)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> OutgoingPiece {
        let (piece, writer) = state.withLock { state in
            let count = unsafe state.bytes.take(into: buffer)
            if count == 0 { return (state.end ?? .nothingYet, CheckedContinuation<Void, Never>?.none) }
            let isRoom = state.bytes.count < stream.bufferBytesMax
            return (.bytes(count), isRoom ? state.writer.take() : nil)
        }
        writer?.resume()
        return piece
    }

    func interrupt(_ reason: Interruption) {
        switch reason {
        case .tick, .stopping: break
        case .deadline, .terminating: finish(.failed)
        }
    }

    func end() { finish(.failed) }

    /// Ends it one way or the other; the first counts.
    private func finish(_ end: OutgoingPiece) {
        let (writer, task, bell) = state.withLock { state in
            if state.end == nil { state.end = end }
            defer { state.task = nil }
            return (state.writer.take(), state.task, state.bell)
        }
        if case .failed = end { task?.cancel() }
        writer?.resume()
        bell?.ring()
    }
}
