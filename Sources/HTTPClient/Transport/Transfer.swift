internal import CCurl
internal import Synchronization

/// One exchange while libcurl works on it. Used on the transport thread alone.
final class Transfer {
    enum Phase {
        case connecting
        case sending
        case awaitingAnswer
        case receivingHead
        case receiving
    }

    let exchange: Exchange
    let easy: EasyHandle
    var phase = Phase.connecting
    var pausesSending = false
    var pausesReceiving = false
    /// Why this side ended it, where libcurl only knows that it did.
    var failure: HTTPClientError?
    /// Whether the server has refused the request, and so wants no more of its body.
    private(set) var wasRefused = false
    var bytesReceived = 0
    /// How far a body that libcurl asks for has been read.
    var bytesRead = 0

    private var parser: HeadParser
    private var lastProgress = ContinuousClock.now
    private var bytesSent = 0

    var request: WireRequest { exchange.request }

    init(_ exchange: Exchange, on easy: EasyHandle, headerBytesMax: Int) {
        self.exchange = exchange
        self.easy = easy
        parser = HeadParser(bytesMax: headerBytesMax)
    }

    var asContext: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    static func from(_ context: UnsafeMutableRawPointer) -> Transfer {
        unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// When it is over at the latest as things stand, and what that would be called. libcurl watches the connecting.
    var deadline: (at: ContinuousClock.Instant, code: HTTPClientError.Code)? {
        let timeouts = request.timeouts
        let next: (at: ContinuousClock.Instant, code: HTTPClientError.Code)? =
            switch phase {
            case .connecting: nil
            case .sending: pausesSending ? nil : (lastProgress + timeouts.idle, .timedOutIdle)
            case .awaitingAnswer: (lastProgress + timeouts.firstByte, .timedOutWaitingForFirstByte)
            case .receivingHead: (lastProgress + timeouts.idle, .timedOutIdle)
            case .receiving: pausesReceiving || pausesSending ? nil : (lastProgress + timeouts.idle, .timedOutIdle)
            }
        guard let total = request.deadline else { return next }
        if let next, next.at < total { return next }
        return (total, .timedOutInTotal)
    }

    func enter(_ phase: Phase) {
        self.phase = phase
        lastProgress = .now
    }

    /// The connection stands and the request goes out; false when it must not go out (again).
    func issue() -> Bool {
        // libcurl asks again after a 417, as often as it is told 417. The first is the answer.
        guard !parser.isComplete else { return false }
        let isRepetition = exchange.wasIssued.exchange(true, ordering: .relaxed)
        let isBodyUsedUp = exchange.upload != nil && bytesRead > 0
        if isRepetition, !request.mayRepeat || isBodyUsedUp {
            failure = exchange.failure(
                .connectionLost, detail: "A kept connection was dead, and the request may have been carried out")
            return false
        }
        (bytesSent, bytesRead) = (0, 0)
        parser.startOver()
        enter(request.body.isEmpty ? .awaitingAnswer : .sending)
        return true
    }

    /// What libcurl counts moved on.
    func noteSent(_ bytes: Int, of total: Int) {
        guard bytes > bytesSent else { return }
        bytesSent = bytes
        enter(phase == .sending && bytes == total ? .awaitingAnswer : phase)
    }

    /// False ends the transfer.
    func receive(headerLine line: UnsafeRawBufferPointer) -> Bool {
        switch unsafe parser.consume(line) {
        case .more:
            enter(parser.isWithinFinalHead ? .receivingHead : phase)
            return true
        case .complete(let head): return begin(head)
        case .tooLong:
            failure = exchange.failure(.tooLarge, detail: "The header is longer than \(parser.bytesMax) bytes")
            return false
        case .broken:
            failure = exchange.failure(.brokenResponse, detail: "The status line is not one of HTTP")
            return false
        }
    }

    private func begin(_ head: Head) -> Bool {
        let announced = head.headers["Content-Length"].flatMap { Int($0) } ?? 0
        let hasBody = request.method != .head && head.status != 204 && head.status != 304
        if hasBody, announced > request.responseBytesMax {
            failure = exchange.failure(
                .tooLarge, detail: "The answer has \(announced) bytes; allowed are \(request.responseBytesMax)")
            return false
        }
        guard Set(head.headers.all("Content-Length")).count < 2 else {
            failure = exchange.failure(.brokenResponse, detail: "The answer announces two lengths")
            return false
        }
        wasRefused = head.status >= 400
        enter(.receiving)
        exchange.receive(head)
        return true
    }

    enum Reception { case taken, heldBack, ended }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        lastProgress = .now
        guard bytesReceived + bytes.count <= request.responseBytesMax else {
            failure = exchange.failure(.tooLarge, detail: "The answer is longer than \(request.responseBytesMax) bytes")
            return .ended
        }
        guard unsafe exchange.receive(bytes) else {
            pausesReceiving = true
            return .heldBack
        }
        bytesReceived += bytes.count
        return .taken
    }

    /// Continues with whatever was paused. What libcurl had kept back arrives during the call.
    func resume() -> CURLcode {
        guard pausesSending || pausesReceiving else { return CURLE_OK }
        pausesSending = false
        pausesReceiving = false
        lastProgress = .now
        return unsafe curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
    }

    /// What libcurl's verdict means, unless this side knows better.
    func verdict(_ result: CURLcode) -> HTTPClientError? {
        if let failure { return failure }
        let wasIssued = exchange.wasIssued.load(ordering: .relaxed)
        switch result {
        case CURLE_OK where parser.isComplete: return nil
        case CURLE_ABORTED_BY_CALLBACK where parser.isComplete: return nil
        // libcurl takes an end within the header for the header's end.
        case CURLE_OK:
            return exchange.failure(.connectionLost, detail: "The connection ended within the answer's header")
        // libcurl's name for a line beyond its own limit of 100 KiB.
        case CURLE_OUT_OF_MEMORY where wasIssued:
            return exchange.failure(.tooLarge, detail: "A line of the header is too long")
        default:
            return .curl(result, host: request.host, mayHaveBeenSent: wasIssued, sentence: easy.keptErrorText)
        }
    }
}
