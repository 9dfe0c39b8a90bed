internal import HTTPServer
public import System

/// Slows down those who send wrong tokens: after a few, their address is told to wait, twice as long each time.
///
/// The right token is taken even then. Otherwise anyone behind the same proxy could lock the others out, while guessing a token of at
/// least sixteen characters is hopeless at any speed.
public final class WrongTokenLimit: Sendable {
    public struct Configuration: Sendable {
        /// So many wrong tokens of an address cost nothing: people mistype.
        public var freeAttempts = 5
        /// The wait after the first one beyond; it doubles with every further one.
        public var firstWait: Duration = .seconds(1)
        public var waitMax: Duration = .seconds(60)
        /// An address that sent no wrong token for so long begins anew.
        public var memory: Duration = .seconds(15 * 60)
        /// Addresses known at the same time. With more, those that have been quiet for longest are forgotten.
        public var addressesMax = 4_096

        public init() {}
    }

    private let state: Lock<WrongTokens>
    private let clock: any WallClock

    public init(configuration: Configuration = .init(), clock: any WallClock = SystemWallClock()) {
        state = Lock(WrongTokens(configuration))
        self.clock = clock
    }

    /// Takes note of a wrong token.
    ///
    /// - Returns: how long its address has to wait before the next; nil while it may go on.
    func add(from address: RemoteAddress) -> Duration? {
        let now = clock.now()
        return state.withLock { $0.add(from: address, at: now) }
    }

    /// Takes note of a wrong token in a header, and says what to answer.
    func refusal(of request: Request) -> Problem {
        let advice = "Send the one of LIFEOS_ADMIN_TOKEN, or of the file admin-token in LIFEOS_HOME."
        guard let wait = add(from: request.remoteAddress) else {
            return .unauthorized("The token is wrong. \(advice)")
        }
        return .tooManyRequests(
            "Too many wrong tokens came from this address. \(advice) It is taken at once.", retryAfter: wait)
    }
}
