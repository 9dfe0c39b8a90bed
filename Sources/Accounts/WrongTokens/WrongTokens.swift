import HTTPServer
import System

/// Wrong tokens by where they came from, and how long each address has to wait because of them. Pure.
struct WrongTokens {
    private struct Attempts {
        var count = 0
        var last: Timestamp
        var waitsUntil: Timestamp
    }

    let configuration: WrongTokenLimit.Configuration
    private var byNetwork: [RemoteAddress: Attempts] = [:]

    init(_ configuration: WrongTokenLimit.Configuration) { self.configuration = configuration }

    var addresses: Int { byNetwork.count }

    /// Takes note of one.
    ///
    /// - Returns: how long the address has to wait; nil while it may go on. What comes while it waits makes it wait no longer.
    mutating func add(from address: RemoteAddress, at now: Timestamp) -> Duration? {
        let network = address.network
        var attempts = byNetwork[network] ?? Attempts(last: now, waitsUntil: now)
        if isForgotten(attempts, at: now) { attempts = Attempts(last: now, waitsUntil: now) }
        attempts.last = now
        if now < attempts.waitsUntil {
            byNetwork[network] = attempts
            return attempts.waitsUntil - now
        }
        if byNetwork[network] == nil { makeRoom(at: now) }
        attempts.count += 1
        let wait = pause(after: attempts.count)
        if let wait { attempts.waitsUntil = now + wait }
        byNetwork[network] = attempts
        return wait
    }

    private func pause(after count: Int) -> Duration? {
        let beyond = count - configuration.freeAttempts
        guard beyond > 0 else { return nil }
        return min(configuration.firstWait * (1 << min(beyond - 1, 20)), configuration.waitMax)
    }

    /// Also where the clock was set back.
    private func isForgotten(_ attempts: Attempts, at now: Timestamp) -> Bool {
        now < attempts.last || now - attempts.last >= configuration.memory
    }

    /// Forgets the quarter that has been quiet for longest where too many are known, so that this is seldom done.
    private mutating func makeRoom(at now: Timestamp) {
        guard byNetwork.count >= configuration.addressesMax else { return }
        byNetwork = byNetwork.filter { !isForgotten($0.value, at: now) }
        guard byNetwork.count >= configuration.addressesMax else { return }
        let oldest = byNetwork.sorted { $0.value.last < $1.value.last }.prefix(max(1, byNetwork.count / 4))
        for (network, _) in oldest { byNetwork[network] = nil }
    }
}
