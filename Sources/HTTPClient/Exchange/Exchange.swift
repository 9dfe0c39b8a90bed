internal import Synchronization
internal import System

/// One request under way: what the transport thread has learnt of the answer, and the task that waits for it.
///
/// The thread reports, the task waits for a milestone, and either side may end it; whoever is first decides the
/// outcome. One task at a time may wait.
final class Exchange: Sendable {
    /// What a task can wait for. Each is also reached when the exchange ends.
    enum Milestone { case head, bytes, end }

    enum Outcome {
        case complete
        case failed(HTTPClientError)
    }

    private struct Progress {
        var head: Head?
        var bytes: [UInt8] = []
        var outcome: Outcome?
        /// The transport was told to hold back because the reader is behind.
        var isHeldBack = false
        var waiter: (milestone: Milestone, continuation: CheckedContinuation<Void, Never>)?

        func hasReached(_ milestone: Milestone) -> Bool {
            if outcome != nil { return true }
            return switch milestone {
            case .head: head != nil
            case .bytes: !bytes.isEmpty
            case .end: false
            }
        }

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            guard let waiter, hasReached(waiter.milestone) else { return nil }
            self.waiter = nil
            return waiter.continuation
        }
    }

    let number: UInt64
    let request: WireRequest
    let queuedAt = ContinuousClock.now
    /// Where the chunks of a streamed request body wait.
    let upload: UploadPipe?
    /// Unread bytes from which on the transport is told to hold back; `nil` takes them all, up to the request's limit.
    private let unreadBytesMax: Int?
    /// Whether any of the request may have left.
    let wasIssued = Atomic<Bool>(false)
    private let mailbox: Mailbox
    private let progress = Lock(Progress())

    private static let numbers = Atomic<UInt64>(0)

    init(_ request: WireRequest, unreadBytesMax: Int?, mailbox: Mailbox) {
        number = Self.numbers.wrappingAdd(1, ordering: .relaxed).newValue
        self.request = request
        self.unreadBytesMax = unreadBytesMax
        self.mailbox = mailbox
        upload =
            switch request.body {
            case .stream(let length, _): UploadPipe(length: length)
            default: nil
            }
    }

    /// Hands the request to the transport thread and starts what makes its body.
    func begin() {
        guard mailbox.post(.begin(self)) else {
            end(.failed(failure(.shutDown)))
            return
        }
        if let upload, case .stream(_, let pump) = request.body { upload.start(pump, for: self) }
    }

    func failure(_ code: HTTPClientError.Code, detail: String? = nil, cause: (any Error)? = nil) -> HTTPClientError {
        HTTPClientError(
            code, host: request.host, mayHaveBeenSent: wasIssued.load(ordering: .relaxed), detail: detail, cause: cause)
    }
}

// What the waiting task does.
extension Exchange {
    /// Waits for the milestone or the end. A cancelled task ends the exchange, and so reaches both.
    func wait(for milestone: Milestone) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReached = progress.withLock { progress -> Bool in
                    precondition(progress.waiter == nil, "one answer is read by two tasks at once; read it in one")
                    if progress.hasReached(milestone) { return true }
                    progress.waiter = (milestone, continuation)
                    return false
                }
                if isReached { continuation.resume() }
            }
        } onCancel: {
            abandon(failure(.cancelled))
        }
    }

    /// The status and headers once they are there, or why they never came.
    func head() throws(HTTPClientError) -> Head {
        let (head, outcome) = progress.withLock { ($0.head, $0.outcome) }
        if case .failed(let error) = outcome { throw error }
        guard let head else { throw failure(.brokenResponse) }
        return head
    }

    /// Every unread byte; empty when there is none now. Throws once they are used up and the exchange has failed.
    func takeBytes() throws(HTTPClientError) -> [UInt8] {
        let (bytes, outcome, wasHeldBack) = progress.withLock { progress in
            defer {
                progress.bytes = []
                progress.isHeldBack = false
            }
            return (progress.bytes, progress.outcome, progress.isHeldBack)
        }
        if wasHeldBack { mailbox.post(.resume(self)) }
        if bytes.isEmpty, case .failed(let error) = outcome { throw error }
        return bytes
    }

    /// Ends the exchange from this side, at once for the waiting task; the transport follows.
    func abandon(_ error: HTTPClientError) {
        if end(.failed(error), keepsBytes: false) { mailbox.post(.cancel(self)) }
    }

    /// Ends the exchange because its head was all that mattered.
    func dismiss() {
        if end(.complete, keepsBytes: false) { mailbox.post(.cancel(self)) }
    }

    /// Asks the transport to go on with what it paused.
    func resume() { mailbox.post(.resume(self)) }
}

// What the transport thread reports.
extension Exchange {
    /// Why it ended early, if it did.
    var failed: HTTPClientError? {
        guard case .failed(let error) = progress.withLock({ $0.outcome }) else { return nil }
        return error
    }

    /// The status it was answered with, so far.
    var status: Int? { progress.withLock { $0.head?.status } }

    func receive(_ head: Head) {
        let waiter = progress.withLock { progress in
            progress.head = head
            return progress.takeWaiter()
        }
        waiter?.resume()
    }

    /// Takes the bytes, or refuses them until ``resume()`` because the reader is behind.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (isTaken, waiter) = progress.withLock { progress in
            if let unreadBytesMax, progress.bytes.count >= unreadBytesMax, progress.outcome == nil {
                progress.isHeldBack = true
                return (false, CheckedContinuation<Void, Never>?.none)
            }
            if progress.outcome == nil { unsafe progress.bytes.append(contentsOf: bytes) }
            return (true, progress.takeWaiter())
        }
        waiter?.resume()
        return isTaken
    }

    /// Decides how it ended, unless that is decided already.
    @discardableResult
    func end(_ outcome: Outcome, keepsBytes: Bool = true) -> Bool {
        let (isFirst, waiter) = progress.withLock { progress in
            guard progress.outcome == nil else { return (false, CheckedContinuation<Void, Never>?.none) }
            progress.outcome = outcome
            if !keepsBytes { progress.bytes = [] }
            return (true, progress.takeWaiter())
        }
        waiter?.resume()
        if isFirst { upload?.close() }
        return isFirst
    }
}
