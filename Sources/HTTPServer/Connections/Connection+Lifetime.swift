internal import Telemetry

/// What happens when a connection opens and closes. On its own thread.
extension Connection {
    func open() {
        core.metrics.connections.add(1)
        // What it sent already is still read and answered.
        if core.isStopping { stopReading() }
        guard let refusal = core.table.insert(self) else { return }
        core.metrics.refusedConnections.increment()
        guard condemn(ifStill: current) else { return }
        sayLast(
            .serviceUnavailable(
                refusal == .total
                    ? "The server has as many connections as it takes."
                    : "Your address has as many connections as one may.",
                retryAfter: .seconds(1), code: "too_many_connections"))
        cut()
    }

    func close() {
        core.table.remove(self)
        core.metrics.connections.add(-1)
    }
}
