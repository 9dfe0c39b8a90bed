internal import CCurl
internal import System
internal import Telemetry

/// The transport thread: takes commands, lets libcurl work, and tells the exchanges what became of them.
///
/// It is made, used and ended on that thread, so nothing in it is locked.
final class Engine {
    private let configuration: HTTPClient.Configuration
    private let mailbox: Mailbox
    private let multi: MultiHandle
    private let meters: ClientMeters
    private let logger: Logger

    private var admission: Admission
    private var waiting: [UInt64: Exchange] = [:]
    private var transfers: [UInt64: Transfer] = [:]
    private var freeHandles: [EasyHandle] = []
    private var handlesMade = 0
    /// No exchange in the waiting line times out before.
    private var earliestWaiting: ContinuousClock.Instant?
    private var isStopping = false

    init(
        configuration: HTTPClient.Configuration, mailbox: Mailbox, multi: MultiHandle, meters: ClientMeters,
        logger: Logger
    ) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.multi = multi
        self.meters = meters
        self.logger = logger
        admission = Admission(
            totalMax: configuration.connectionsMax, perOriginMax: configuration.connectionsPerHostMax)
    }

    /// Works until it is told to stop; then fails what is left.
    func run() {
        while true {
            for command in mailbox.take() { obey(command) }
            if isStopping { break }
            admit()
            if !multi.perform() { failTransfers(.transportFailed) }
            while let (transfer, result) = multi.nextDone() { finish(transfer, result) }
            resumeAfterAnswer()
            expire()
            admit()
            multi.poll(milliseconds: pollMilliseconds)
        }
        for command in mailbox.close() { obey(command) }
        failTransfers(.shutDown)
        for exchange in waiting.values { end(exchange, failed: exchange.failure(.shutDown)) }
        waiting = [:]
        freeHandles = []
        multi.close()
    }

    private func obey(_ command: Mailbox.Command) {
        switch command {
        case .begin(let exchange): begin(exchange)
        case .cancel(let exchange): cancel(exchange)
        case .resume(let exchange):
            if let transfer = transfers[exchange.number] { resume(transfer) }
        case .count(let answer):
            answer(
                Census(
                    underWay: transfers.count, waiting: waiting.count, handlesFree: freeHandles.count,
                    handlesMade: handlesMade))
        case .stop: isStopping = true
        }
    }

    private func begin(_ exchange: Exchange) {
        meters.began(exchange.request.purpose)
        guard exchange.failed == nil else { return end(exchange, failed: exchange.failure(.cancelled)) }
        // Whoever gets a connection at once does not count as waiting.
        admission.enqueue(exchange.number, for: exchange.request.origin)
        waiting[exchange.number] = exchange
        admit()
        guard waiting[exchange.number] != nil else { return }
        guard admission.waiting <= configuration.waitingMax else {
            _ = admission.leave(exchange.number)
            waiting[exchange.number] = nil
            return end(exchange, failed: exchange.failure(.overloaded))
        }
        let deadline = waitingDeadline(of: exchange).at
        earliestWaiting = min(earliestWaiting ?? deadline, deadline)
    }

    private func admit() {
        while let number = admission.next() {
            guard let exchange = waiting.removeValue(forKey: number) else { continue }
            do throws(HTTPClientError) {
                try start(exchange)
            } catch {
                admission.release(exchange.request.origin)
                end(exchange, failed: error)
            }
        }
    }

    private func start(_ exchange: Exchange) throws(HTTPClientError) {
        guard let easy = freeHandles.popLast() ?? makeHandle() else { throw exchange.failure(.transportFailed) }
        let transfer = Transfer(exchange, on: easy, headerBytesMax: configuration.headerBytesMax)
        do throws(HTTPClientError) {
            try transfer.prepare(configuration)
            guard multi.add(easy) else { throw exchange.failure(.transportFailed) }
        } catch {
            recycle(easy)
            throw error
        }
        transfers[exchange.number] = transfer
    }

    private func makeHandle() -> EasyHandle? {
        guard let easy = EasyHandle() else { return nil }
        handlesMade += 1
        return easy
    }

    private func recycle(_ easy: EasyHandle) {
        easy.reset()
        freeHandles.append(easy)
    }

    private func resume(_ transfer: Transfer) {
        let result = transfer.resume()
        if result != CURLE_OK { finish(transfer, result) }
    }

    /// libcurl stops sending once the answer is a refusal, but would wait for ever for a paused body to go on.
    private func resumeAfterAnswer() {
        for transfer in transfers.values where transfer.pausesSending && transfer.wasRefused { resume(transfer) }
    }

    private func waitingDeadline(of exchange: Exchange) -> (at: ContinuousClock.Instant, code: HTTPClientError.Code) {
        let own = exchange.queuedAt + exchange.request.timeouts.waiting
        if let total = exchange.request.deadline, total < own { return (total, .timedOutInTotal) }
        return (own, .timedOutWaiting)
    }

    private func expire() {
        let now = ContinuousClock.now
        let late = transfers.values.compactMap { transfer in
            transfer.deadline.flatMap { $0.at <= now ? (transfer, $0.code) : nil }
        }
        for (transfer, code) in late { finish(transfer, failed: transfer.exchange.failure(code)) }
        // Looked through only when something in it may be late, which is about once in a time-out's length.
        guard let earliestWaiting, earliestWaiting <= now else { return }
        self.earliestWaiting = nil
        for exchange in waiting.values {
            let deadline = waitingDeadline(of: exchange)
            if deadline.at <= now {
                cancelWaiting(exchange, exchange.failure(deadline.code))
            } else {
                self.earliestWaiting = min(self.earliestWaiting ?? deadline.at, deadline.at)
            }
        }
    }

    private var pollMilliseconds: Int32 {
        let deadlines = transfers.values.compactMap { $0.deadline?.at }
        guard let next = (deadlines + [earliestWaiting].compactMap(\.self)).min() else { return 60_000 }
        // Rounded up, so that the loop does not spin through the last fraction of a millisecond.
        return Int32(clamping: max(0, (next - .now).wholeMilliseconds + 1))
    }
}

// Ending
extension Engine {
    private func cancel(_ exchange: Exchange) {
        let error = exchange.failed ?? exchange.failure(.cancelled)
        if let transfer = transfers[exchange.number] {
            finish(transfer, failed: error)
        } else if waiting[exchange.number] != nil {
            cancelWaiting(exchange, error)
        }
    }

    private func cancelWaiting(_ exchange: Exchange, _ error: HTTPClientError) {
        _ = admission.leave(exchange.number)
        waiting[exchange.number] = nil
        end(exchange, failed: error)
    }

    private func failTransfers(_ code: HTTPClientError.Code) {
        for transfer in Array(transfers.values) { finish(transfer, failed: transfer.exchange.failure(code)) }
    }

    private func finish(_ transfer: Transfer, _ result: CURLcode) {
        finish(transfer, failed: transfer.verdict(result))
    }

    private func finish(_ transfer: Transfer, failed error: HTTPClientError?) {
        multi.remove(transfer.easy)
        meters.moved(transfer)
        recycle(transfer.easy)
        transfers[transfer.exchange.number] = nil
        admission.release(transfer.request.origin)
        end(transfer.exchange, failed: error)
    }

    /// Every exchange that began ends here, once.
    private func end(_ exchange: Exchange, failed error: HTTPClientError?) {
        exchange.end(error.map { .failed($0) } ?? .complete)
        let outcome = exchange.failed?.code.rawValue ?? exchange.status.map(String.init) ?? "none"
        meters.ended(exchange)
        // Neither path nor query: both may hold secrets.
        let request = exchange.request
        logger.debug(
            "request ended",
            ["host": request.host, "method": request.method, "purpose": request.purpose, "outcome": outcome])
    }
}
