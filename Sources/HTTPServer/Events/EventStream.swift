internal import System
internal import Telemetry

/// The events of one client. Whoever has an event sends it from any thread and never waits.
///
/// A client that falls behind by more than its buffer is disconnected after a last comment, with what it already had in
/// the buffer: it connects again with `Last-Event-ID` and misses nothing, while dropping events would leave a hole that
/// it cannot see. Signs of life keep proxies from closing an idle stream, and show when the client is gone.
public final class EventStream: Sendable {
    private struct State {
        var bytes = ByteQueue()
        var isClosed = false
        var bell: Doorbell?
        var beat = Duration.zero
        var nextBeat: Instant?
        var task: Task<Void, Never>?
        var closing: [@Sendable () -> Void] = []
        /// Who waits for room.
        var waiting: [CheckedContinuation<Bool, Never>] = []

        mutating func takeWaiting() -> [CheckedContinuation<Bool, Never>] {
            defer { waiting = [] }
            return waiting
        }
    }

    private let bufferBytesMax: Int
    private let produce: (@Sendable (EventStream) async throws -> Void)?
    private let state = Lock(State())

    /// - Parameter bufferBytesMax: how far the client may fall behind, 64 KiB unless said otherwise.
    public convenience init(bufferBytesMax: Int = 64 << 10) {
        self.init(bufferBytesMax: bufferBytesMax, produce: nil)
    }

    init(bufferBytesMax: Int, produce: (@Sendable (EventStream) async throws -> Void)?) {
        self.bufferBytesMax = bufferBytesMax
        self.produce = produce
    }

    /// Whether the client still listens, as far as we know.
    public var isOpen: Bool { state.withLock { !$0.isClosed } }

    /// Puts the event into the client's buffer. `false` when the stream is closed, or is closed by this because the
    /// client fell too far behind.
    @discardableResult
    public func send(_ event: ServerEvent) -> Bool {
        let (isSent, bell) = state.withLock { state in
            if state.isClosed { return (false, Doorbell?.none) }
            let isRoom = state.bytes.count + event.encoded.count <= bufferBytesMax || state.bytes.isEmpty
            state.bytes.append(isRoom ? event.encoded : Self.overflow)
            return (isRoom, state.bell)
        }
        if isSent { bell?.ring() } else { close() }
        return isSent
    }

    /// The same for whoever can wait: where the client is behind, this returns once it has caught up with half of the
    /// buffer. `false` when the stream is closed, as it is for a client that takes nothing for
    /// ``HTTPServer/Deadlines/stalledSend``.
    public func sendWaiting(_ event: ServerEvent) async -> Bool { await sendWaiting([event.encoded[...]]) }

    /// The same with many events at once, which every client that is sent them shares. So a client that is behind costs
    /// no more than half of its buffer and what was sent last.
    ///
    /// - Parameter parts: those of the events that are wanted.
    public func sendWaiting(_ events: ServerEvents, _ parts: [Range<Int>]) async -> Bool {
        await sendWaiting(parts.map { events.bytes(of: $0) })
    }

    private func sendWaiting(_ pieces: [ArraySlice<UInt8>]) async -> Bool {
        await waitForRoom(for: pieces.reduce(0) { $0 + $1.count })
        let (isSent, bell) = state.withLock { state in
            if state.isClosed { return (false, Doorbell?.none) }
            for piece in pieces { state.bytes.append(piece) }
            return (true, state.bell)
        }
        bell?.ring()
        return isSent
    }

    private func waitForRoom(for count: Int) async {
        var looksAgain = true
        while looksAgain {
            looksAgain = await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !state.isClosed, state.bytes.count > bufferBytesMax / 2,
                        state.bytes.count + count > bufferBytesMax
                    else { return false }
                    state.waiting.append(continuation)
                    return true
                }
                if !waits { continuation.resume(returning: false) }
            }
        }
    }

    /// Ends the stream once what is in the buffer was sent.
    public func close() {
        let (bell, task, closing, waiting) = state.withLock { state in
            defer {
                state.isClosed = true
                state.task = nil
                state.closing = []
            }
            return (state.bell, state.task, state.closing, state.takeWaiting())
        }
        task?.cancel()
        for continuation in waiting { continuation.resume(returning: true) }
        bell?.ring()
        for action in closing { action() }
    }

    /// Calls `action` once when the stream closes, for whatever reason; at once when it is closed already.
    public func whenClosed(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.closing.append(action) }
            return state.isClosed
        }
        if isClosed { action() }
    }

    private static let overflow = Array(": too far behind; connect again with Last-Event-ID\n\n".utf8)
    private static let signOfLife = Array(":\n\n".utf8)
}

extension EventStream: OutgoingBody {
    var pause: Activity.Kind { .publishing }

    func begin(on connection: Connection, _ head: RequestHead) {
        let core = connection.core
        state.withLock { state in
            state.bell = connection.doorbell
            state.beat = core.configuration.deadlines.heartbeat
            state.nextBeat = .now + state.beat
        }
        guard let produce else { return }
        let task = Task {
            do {
                try await Ambient.$requestID.withValue(head.requestID) {
                    try await Ambient.$trace.withValue(head.trace) { try await produce(self) }
                }
            } catch is CancellationError {
            } catch {
                core.logger.error(
                    "An event stream ended, because making events failed",
                    ["request_id": head.requestID, "route": head.endpoint.route.pattern, "error": "\(error)"])
            }
            close()
        }
        let isClosed = state.withLock { state in
            if !state.isClosed { state.task = task }
            return state.isClosed
        }
        if isClosed { task.cancel() }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> OutgoingPiece {
        let (piece, waiting) = state.withLock { state -> (OutgoingPiece, [CheckedContinuation<Bool, Never>]) in
            let count = unsafe state.bytes.take(into: buffer)
            if count == 0 { return (state.isClosed ? .complete : .nothingYet, []) }
            return (.bytes(count), state.bytes.count <= bufferBytesMax / 2 ? state.takeWaiting() : [])
        }
        for continuation in waiting { continuation.resume(returning: true) }
        return piece
    }

    func interrupt(_ reason: Interruption) {
        switch reason {
        case .tick(let now): showLife(now)
        case .deadline: break
        case .stopping, .terminating: close()
        }
    }

    func end() {
        state.withLock { $0.bytes.removeAll() }
        close()
    }

    private func showLife(_ now: Instant) {
        let bell = state.withLock { state -> Doorbell? in
            guard !state.isClosed, let next = state.nextBeat, next.nanoseconds <= now.nanoseconds else { return nil }
            state.nextBeat = now + state.beat
            if state.bytes.isEmpty { state.bytes.append(Self.signOfLife) }
            return state.bell
        }
        bell?.ring()
    }
}

extension Response {
    /// An answer that stays open and sends the events given to `stream`, from now on and until one side closes it.
    public static func events(_ stream: EventStream) -> Response {
        Response(
            headers: [
                "Content-Type": MediaType.eventStream.description, "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            ], body: .events(stream))
    }

    /// An answer that stays open as long as `produce` runs; that is cancelled when the client is gone.
    public static func events(
        bufferBytesMax: Int = 64 << 10, _ produce: @escaping @Sendable (EventStream) async throws -> Void
    ) -> Response {
        events(EventStream(bufferBytesMax: bufferBytesMax, produce: produce))
    }
}

extension Request {
    /// The identifier of the last event the client saw before it connects again.
    public var lastEventID: String? { header("Last-Event-ID") }
}
