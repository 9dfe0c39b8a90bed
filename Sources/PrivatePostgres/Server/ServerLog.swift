internal import System

/// The server's own log: a file, the one before it, and the last lines at hand. Never fails: a full disk must not take
/// the server along.
final class ServerLog: Sendable {
    private struct State: ~Copyable {
        var file: FileDescriptor?
        var bytes = 0
        var tail: [UInt8] = []
    }

    private static let tailBytesMax = 8 << 10
    private static let tailLinesMax = 20

    private let path: String
    private let fileBytesMax: Int
    private let state = Lock(State())

    init(path: String, bytesMax: Int) {
        self.path = path
        fileBytesMax = max(1, bytesMax / 2)
    }

    func write(_ bytes: [UInt8]) {
        state.withLock { state in
            state.tail += bytes
            // Trimmed now and then rather than at every line.
            if state.tail.count > 2 * Self.tailBytesMax { state.tail = Array(state.tail.suffix(Self.tailBytesMax)) }
            if state.file == nil { open(&state) }
            if state.bytes + bytes.count > fileBytesMax, state.bytes > 0 {
                state.file = nil
                try? Files.rename(path, to: "\(path).1")
                open(&state)
            }
            try? state.file?.write(bytes.span)
            state.bytes += bytes.count
        }
    }

    /// The last lines written, the oldest first.
    var lines: [String] {
        let text = state.withLock { String(decoding: $0.tail, as: UTF8.self) }
        return text.split(separator: "\n").suffix(Self.tailLinesMax).map(String.init)
    }

    /// Forgets the lines at hand, so that a later failure does not show those of an earlier run.
    func forgetLines() { state.withLock { $0.tail = [] } }

    private func open(_ state: inout State) {
        state.file = try? FileDescriptor.open(path, .append(mode: 0o600))
        state.bytes = Files.size(of: path) ?? 0
    }
}
