internal import System

/// Every open connection, for the sweeper and for stopping, and how many each address has.
final class ConnectionTable: Sendable {
    private struct State {
        var connections: [Connection] = []
        var byAddress: [RemoteAddress: Int] = [:]
    }

    /// Which limit a new connection reached.
    enum Refusal: Sendable {
        case total, address
    }

    private let state = Lock(State())
    private let limits: HTTPServer.Limits

    init(limits: HTTPServer.Limits) { self.limits = limits }

    /// Takes the connection in, also one too many: that one has to be closed, and is counted until then.
    func insert(_ connection: Connection) -> Refusal? {
        state.withLock { state in
            connection.slot = state.connections.count
            state.connections.append(connection)
            var ofAddress = 0
            if let address = limited(connection.remoteAddress) {
                ofAddress = state.byAddress[address, default: 0] + 1
                state.byAddress[address] = ofAddress
            }
            if state.connections.count > limits.connectionsMax { return .total }
            return ofAddress > limits.connectionsPerAddressMax ? .address : nil
        }
    }

    /// Whose connections are counted together; nobody's for a Unix socket, which only its owner can use, and for a proxy.
    private func limited(_ address: RemoteAddress) -> RemoteAddress? {
        address.isUnix || limits.proxies.contains(address.host) ? nil : address.network
    }

    func remove(_ connection: Connection) {
        state.withLock { state in
            // The last one takes its place.
            let last = state.connections.removeLast()
            if last !== connection {
                last.slot = connection.slot
                state.connections[connection.slot] = last
            }
            guard let address = limited(connection.remoteAddress), let count = state.byAddress[address] else { return }
            state.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }

    /// Looks at every connection while none of them can close, so that no descriptor is used that became another's.
    func forEach(_ body: (Connection) -> Void) {
        state.withLock { $0.connections.forEach(body) }
    }

    /// Tells everybody that waits. Not while the table is locked, since they may call anybody.
    func interruptAll(_ reason: Interruption) {
        let waiting = state.withLock { $0.connections.compactMap { connection in connection.waiting.withLock { $0 } } }
        for waiting in waiting { waiting.interrupt(reason) }
    }

    var count: Int { state.withLock { $0.connections.count } }
}
