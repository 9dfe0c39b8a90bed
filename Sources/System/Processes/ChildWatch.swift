internal import CLinux
internal import Glibc

/// The thread that starts a child, reads what it writes, and reaps it.
enum ChildWatch {
    static func run(_ program: Program, started: (Result<Child, SystemError>) -> Void) {
        do {
            let (child, handle, output, errors) = try start(program)
            started(.success(child))
            watch(child, handle, [output, errors])
        } catch {
            started(.failure(error))
        }
    }

    private typealias Started = (child: Child, handle: Int32, output: ChildPipe?, errors: ChildPipe?)

    private static func start(_ program: Program) throws(SystemError) -> Started {
        let output = try ChildPipe(for: program.output) { $0.captureOutput($1, bytesMax: $2) }
        let errors = try ChildPipe(for: program.errors) { $0.captureErrors($1, bytesMax: $2) }
        let processID = try Spawn.start(
            program, output: output?.writingEnd ?? Spawn.end(for: program.output, STDOUT_FILENO),
            errors: errors?.writingEnd ?? Spawn.end(for: program.errors, STDERR_FILENO))
        // The pipes end once nobody can write into them, so this process must let go of the writing ends.
        output?.closeWritingEnd()
        errors?.closeWritingEnd()
        let child = Child(processID: processID)
        let handle = lifeos_pidfd_open(processID)
        guard handle >= 0 else {
            let failure = SystemError.last("pidfd_open", program.path)
            child.signal(.kill)
            child.reap()
            throw failure
        }
        return (child, handle, output, errors)
    }

    private static func watch(_ child: Child, _ handle: Int32, _ pipes: [ChildPipe?]) {
        let handle = FileDescriptor(adopting: handle)
        var hasEnded = false
        while !hasEnded {
            // A negative descriptor is one that `poll` passes over.
            var waiting = ([handle.number] + pipes.map { $0?.openReadingEnd ?? -1 }).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard unsafe poll(&waiting, UInt(waiting.count), -1) > 0 else { continue }
            for (pipe, state) in zip(pipes, waiting.dropFirst()) where state.revents != 0 { pipe?.read(for: child) }
            hasEnded = waiting[0].revents != 0
        }
        // What is left in the pipes; not until their end, which a grandchild could keep away for ever.
        for pipe in pipes { pipe?.drain(for: child) }
        child.reap()
    }
}

/// One stream of a child, from this process's side. Used by the child's thread alone.
final class ChildPipe {
    private static let readBytesMax = 64 << 10
    /// The kernel lets a pipe hold at most a MiB, so this many reads empty it.
    private static let drainReadsMax = 16

    private var pipe: Pipe
    private let take: (Child, [UInt8]) -> Void
    private var hasEnded = false

    /// `nil` where nothing is to be read.
    init?(
        for output: Program.Output, capture: @escaping (Child, [UInt8], _ bytesMax: Int) -> Void
    ) throws(SystemError) {
        switch output {
        case .inherited, .discarded: return nil
        case .captured(let bytesMax): take = { capture($0, $1, bytesMax) }
        case .handled(let handler): take = { handler($1) }
        }
        pipe = try Pipe()
        // Only this side must not block; the child expects a pipe like any other.
        _ = fcntl(pipe.reading.number, F_SETFL, O_NONBLOCK)
    }

    var writingEnd: Int32? { pipe.writing }
    var openReadingEnd: Int32? { hasEnded ? nil : pipe.reading.number }

    func closeWritingEnd() { pipe.closeWriting() }

    /// - Returns: whether something was read.
    @discardableResult func read(for child: Child) -> Bool {
        guard !hasEnded else { return false }
        do {
            let bytes = try pipe.reading.read(upTo: Self.readBytesMax)
            hasEnded = bytes.isEmpty
            if !hasEnded { take(child, bytes) }
            return !hasEnded
        } catch {
            hasEnded = error.code != EAGAIN
            return false
        }
    }

    func drain(for child: Child) {
        var reads = 0
        while reads < Self.drainReadsMax, read(for: child) { reads += 1 }
    }
}
