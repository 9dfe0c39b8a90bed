/// Tells whoever started this process as a service, such as systemd, how far it is: the protocol of `sd_notify(3)`, one
/// datagram a message. Where nobody asked for it, it says nothing.
public struct ServiceNotifier: Sendable {
    private let socket: String?

    /// - Parameter environment: of the process; `NOTIFY_SOCKET` in it says where to tell.
    public init(_ environment: [String: String]) {
        // Others than paths and Linux's abstract names are for virtual machines.
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
    }

    /// The service does its work from now on.
    public func tellReady(_ status: String) throws(SystemError) { try tell("READY=1\nSTATUS=\(status)") }

    /// The service has begun to stop.
    public func tellStopping() throws(SystemError) { try tell("STOPPING=1\nSTATUS=Stopping") }

    private func tell(_ message: String) throws(SystemError) {
        guard let socket else { return }
        try UnixSocket.send(message, to: socket)
    }
}
