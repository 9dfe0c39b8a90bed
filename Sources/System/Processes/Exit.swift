internal import Glibc

/// How a process ended: by itself with a code, or by a signal.
public enum Exit: Sendable, Hashable, CustomStringConvertible {
    case code(Int32)
    case signal(Signal)

    public var isSuccess: Bool { self == .code(0) }

    public var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "ended by \(signal)"
        }
    }

    /// Reads the word that `waitpid` fills.
    init(waitStatus: Int32) {
        let number = waitStatus & 0x7F
        self = number == 0 ? .code(waitStatus >> 8 & 0xFF) : .signal(Signal(number: number))
    }
}
