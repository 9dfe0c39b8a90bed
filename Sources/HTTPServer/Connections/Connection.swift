internal import Glibc
internal import Synchronization
internal import System

/// One client connection, from accepting to closing.
///
/// Unchecked and safe: the part below `Own thread` is touched only by the library's thread that serves this connection;
/// all else is constant, atomic or behind a lock.
final class Connection: @unchecked Sendable {
    let core: ServerCore
    let library: LibraryConnection
    let descriptor: Int32
    let remoteAddress: RemoteAddress
    let doorbell: Doorbell
    /// The library's thread that serves it.
    let thread = pthread_self()
    /// What the request or its answer waits for.
    let waiting = Lock<(any Interruptible)?>(nil)
    private let activity: Atomic<UInt64>

    /// Its place in the table, which guards this with its lock.
    var slot = -1
    /// How far the client had taken an answer when the sweeper last looked; only the sweeper's, as is the next.
    var sending = SendingProgress()
    var lookedAt: Activity?

    // Own thread.

    /// What a request has come to.
    enum Stage {
        case idle
        /// The request line was read, the headers are coming.
        case head
        /// The body is collected; the library says when it is whole. Also for requests without one.
        case receiving
        /// The body is handed on while the handler runs.
        case streaming
        /// What is left of the body is thrown away, then comes the refusal.
        case dropping
        /// A handler has it.
        case running
        case answered
    }

    var stage = Stage.idle
    var target = TargetBuffer()
    var request: Request?
    var refusal: Response?
    var exchange: Exchange?
    var bodyBytes: Int64 = 0
    /// What of all it sent belonged to requests that came to us; the lines between chunks are not counted.
    var heardBytes: Int64 = 0
    var chunkLines: ChunkLines?
    var started: Instant
    var status = 0
    private var known: Activity

    init(_ core: ServerCore, _ library: LibraryConnection) {
        self.core = core
        self.library = library
        descriptor = library.descriptor
        remoteAddress = library.remoteAddress
        doorbell = Doorbell(library)
        started = .now
        known = Activity(.connected, until: started + core.configuration.deadlines.head)
        activity = Atomic(known.rawValue)
    }

    /// Says what the connection does now, and until when. For its own thread; `false` when it was given up meanwhile.
    func move(to kind: Activity.Kind, until deadline: Instant?) -> Bool {
        let next = Activity(kind, until: deadline)
        let (moved, _) = activity.compareExchange(
            expected: known.rawValue, desired: next.rawValue, ordering: .acquiringAndReleasing)
        if moved { known = next }
        return moved
    }

    var current: Activity { Activity(rawValue: activity.load(ordering: .acquiring)) }

    /// Gives the connection up if it is still doing `seen`. From then on its own thread sends nothing any more.
    func condemn(ifStill seen: Activity) -> Bool {
        activity.compareExchange(
            expected: seen.rawValue, desired: Activity(.condemned, until: nil).rawValue,
            ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Says a last word past the library, which cannot: it takes no answer before a request is complete. Only where it
    /// sends nothing itself. Over TLS only the connection's own thread can, since a session is one thread's alone.
    func sayLast(_ problem: Problem) {
        let isEncrypted = core.configuration.tls != nil
        if isEncrypted, pthread_equal(thread, pthread_self()) == 0 { return }
        var problem = problem
        if problem.requestID == nil { problem.requestID = core.identifiers.next().description }
        let bytes = RawAnswer.encode(problem)
        if isEncrypted { return library.sendEncrypted(bytes) }
        _ = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    /// Whether the client sends no more, and all it sent was read.
    var isAtEnd: Bool {
        var byte: UInt8 = 0
        return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }

    /// What the library has read and not yet handed on, where the kernel counts it. The client may have sent empty lines
    /// before a request, which count as well. For its own thread.
    var bytesInLibrary: Int64? {
        guard core.configuration.tls == nil, let counters = SocketCounters(descriptor) else { return nil }
        var unread: Int32 = 0
        guard unsafe ioctl(descriptor, UInt(FIONREAD), &unread) == 0 else { return nil }
        return Int64(counters.bytesReceived) - Int64(unread) - heardBytes
    }

    /// Throws away what the client has sent. The kernel breaks a connection that is closed with something unread, and its
    /// client may then lose our last word.
    func discardInput() {
        _ = recv(descriptor, nil, Int(core.configuration.limits.drainBytesMax), Int32(MSG_TRUNC | MSG_DONTWAIT))
    }

    /// Makes the library's thread notice that it is over.
    func cut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Takes no further request, while an answer still goes out.
    func stopReading() { shutdown(descriptor, Int32(SHUT_RD)) }
}

/// Something that a connection waits for, and that can be told so from outside.
protocol Interruptible: AnyObject, Sendable {
    func interrupt(_ reason: Interruption)
}

enum Interruption: Sendable {
    /// Its deadline passed.
    case deadline
    /// Time passes; a chance for a sign of life.
    case tick(Instant)
    /// The server stops; what can end well should.
    case stopping
    /// The server's patience is over.
    case terminating
}

/// The target as the library's callback shows it, before the library cuts it up. Kept from request to request.
struct TargetBuffer {
    private(set) var bytes: [UInt8] = []
    private(set) var address = 0

    mutating func take(_ text: UnsafePointer<CChar>) {
        bytes.removeAll(keepingCapacity: true)
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: text, count: strlen(text)))
        address = Int(bitPattern: text)
    }
}
