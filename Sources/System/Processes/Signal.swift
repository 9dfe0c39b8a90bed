internal import Glibc

/// A signal by its number.
public struct Signal: Sendable, Hashable, CustomStringConvertible {
    public let number: Int32

    public init(number: Int32) { self.number = number }

    public static let hangUp = Signal(number: SIGHUP)
    public static let interrupt = Signal(number: SIGINT)
    public static let quit = Signal(number: SIGQUIT)
    public static let kill = Signal(number: SIGKILL)
    public static let terminate = Signal(number: SIGTERM)
    public static let stop = Signal(number: SIGSTOP)
    public static let resume = Signal(number: SIGCONT)

    public var description: String {
        switch self {
        case .hangUp: "SIGHUP"
        case .interrupt: "SIGINT"
        case .quit: "SIGQUIT"
        case .kill: "SIGKILL"
        case .terminate: "SIGTERM"
        case .stop: "SIGSTOP"
        case .resume: "SIGCONT"
        default: "signal \(number)"
        }
    }
}
