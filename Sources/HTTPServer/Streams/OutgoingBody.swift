internal import Telemetry

/// The body of an answer that comes piece by piece. The connection asks for it whenever the client can take some.
protocol OutgoingBody: Interruptible {
    /// How the connection spends its time while there is nothing to send.
    var pause: Activity.Kind { get }
    /// The answer is on its way; from now on the bell may be rung.
    func begin(on connection: Connection, _ head: RequestHead)
    /// Fills in what there is, if anything. Called again once the bell rang.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> OutgoingPiece
    /// Nobody takes any more: all was sent, or the client is gone.
    func end()
}

enum OutgoingPiece {
    case bytes(Int)
    case nothingYet
    case complete
    /// Cannot go on: the client has to see that the answer is cut off.
    case failed
}

/// Holds a body and its connection together as long as the library keeps the answer.
final class OutgoingTransfer {
    private let body: any OutgoingBody
    private let connection: Connection

    init(_ body: any OutgoingBody, _ connection: Connection) {
        self.body = body
        self.connection = connection
    }

    deinit { body.end() }

    func cut() { connection.cut() }

    /// On the connection's own thread.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> OutgoingPiece {
        let core = connection.core
        while true {
            let piece = unsafe body.read(into: buffer)
            switch piece {
            case .bytes(let count):
                core.metrics.bytesSent.increment(by: UInt64(count))
                return connection.move(to: .sending, until: .now + core.configuration.deadlines.stalledSend)
                    ? piece : .failed
            case .complete, .failed: return piece
            case .nothingYet:
                guard connection.move(to: body.pause, until: .now + core.configuration.deadlines.handler) else {
                    return .failed
                }
                if core.isTerminating {
                    body.interrupt(.terminating)
                } else if connection.doorbell.wait() {
                    return piece
                }
            }
        }
    }
}
