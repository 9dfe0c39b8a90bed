internal import System

/// One chunk of a streamed request body at a time, on its way from the task that makes it to the transport thread.
final class UploadPipe: Sendable {
    private struct State {
        var chunk: ArraySlice<UInt8> = []
        /// Bytes accepted so far, to be held against the announced length.
        var total = 0
        var hasEnded = false
        var isClosed = false
        /// The transport asked for bytes in vain and paused.
        var isStarved = false
        /// The maker, waiting for its last chunk to go out.
        var waiter: CheckedContinuation<Void, Never>?
        var pump: Task<Void, Never>?
        weak var exchange: Exchange?

        /// Ends the starving; gives whom to tell.
        mutating func feed() -> Exchange? {
            defer { isStarved = false }
            return isStarved ? exchange : nil
        }
    }

    enum Reading {
        case bytes(Int)
        case starved
    }

    let length: Int?
    private let state = Lock(State())

    init(length: Int?) { self.length = length }

    func start(_ pump: @escaping @Sendable (UploadPipe) async -> Void, for exchange: Exchange) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.exchange = exchange
            state.pump = Task { await pump(self) }
        }
    }

    /// Lets go of the maker; nothing more will be sent.
    func close() {
        let (pump, waiter) = state.withLock { state in
            state.isClosed = true
            defer { (state.pump, state.waiter, state.chunk) = (nil, nil, []) }
            return (state.pump, state.waiter)
        }
        pump?.cancel()
        waiter?.resume()
    }
}

// What the making task does.
extension UploadPipe {
    func pump<Chunks: AsyncSequence>(_ chunks: Chunks) async where Chunks.Element == [UInt8] {
        do {
            for try await chunk in chunks {
                guard await offer(chunk) else { return }
            }
            finish()
        } catch {
            fail("The sequence threw", cause: error)
        }
    }

    /// Waits until the chunk went out; false once nobody wants more.
    private func offer(_ chunk: [UInt8]) async -> Bool {
        guard !chunk.isEmpty else { return !state.withLock { $0.isClosed } }
        let exceeds = state.withLock { state in
            state.total += chunk.count
            return length.map { state.total > $0 } ?? false
        }
        if exceeds {
            fail("The sequence holds more than the announced \(length ?? 0) bytes")
            return false
        }
        await withCheckedContinuation { continuation in
            let (isClosed, starved) = state.withLock { state in
                if state.isClosed { return (true, Exchange?.none) }
                state.chunk = chunk[...]
                state.waiter = continuation
                return (false, state.feed())
            }
            if isClosed { continuation.resume() }
            starved?.resume()
        }
        return !state.withLock { $0.isClosed }
    }

    private func finish() {
        let (total, starved) = state.withLock { state in
            state.hasEnded = true
            return (state.total, state.feed())
        }
        if let length, total < length {
            fail("The sequence ended after \(total) of the announced \(length) bytes")
        } else {
            starved?.resume()
        }
    }

    private func fail(_ detail: String, cause: (any Error)? = nil) {
        guard let exchange = state.withLock({ $0.isClosed ? nil : $0.exchange }) else { return }
        exchange.abandon(exchange.failure(.bodyFailed, detail: detail, cause: cause))
    }
}

// What the transport thread does.
extension UploadPipe {
    /// Fills the buffer with what is there; no bytes mean the end, or that there are none yet.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
        let (reading, waiter): (Reading, CheckedContinuation<Void, Never>?) = state.withLock { state in
            guard !state.chunk.isEmpty else {
                if state.hasEnded { return (.bytes(0), nil) }
                state.isStarved = true
                return (.starved, nil)
            }
            let count = min(buffer.count, state.chunk.count)
            unsafe state.chunk.withUnsafeBytes { unsafe buffer.copyMemory(from: .init(rebasing: $0.prefix(count))) }
            state.chunk = state.chunk.dropFirst(count)
            guard state.chunk.isEmpty else { return (.bytes(count), nil) }
            defer { state.waiter = nil }
            return (.bytes(count), state.waiter)
        }
        waiter?.resume()
        return reading
    }
}
