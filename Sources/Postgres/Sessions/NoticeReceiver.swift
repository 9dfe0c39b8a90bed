internal import CLibpq
internal import Telemetry

/// Takes what the server remarks, such as "table does not exist, skipping". Without it libpq would write to stderr.
final class NoticeReceiver: Sendable {
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Must stay alive as long as the connection.
    func install(on connection: OpaquePointer) {
        let receive: PQnoticeReceiver = { context, result in
            guard let context = unsafe context, let result = unsafe result else { return }
            let receiver = unsafe Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue()
            guard let text = unsafe PQresultErrorField(result, Int32(UInt8(ascii: "M"))) else { return }
            receiver.receive(unsafe String(cString: text))
        }
        unsafe _ = PQsetNoticeReceiver(connection, receive, Unmanaged.passUnretained(self).toOpaque())
    }

    private func receive(_ message: String) { logger.debug("notice of the server", ["notice": message]) }
}
