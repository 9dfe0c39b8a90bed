internal import CMicroHTTPD
internal import Glibc
internal import System
internal import Telemetry

/// The library's daemon and its callbacks. Callbacks run on the library's threads; each connection stays on one.
///
/// Unchecked and safe: the pointer is constant, and the calls made on it may come from any thread.
@safe final class Daemon: @unchecked Sendable {
    private let daemon: OpaquePointer
    /// Kept alive as long as the daemon may call back.
    private let core: ServerCore

    init(_ core: ServerCore, listening socket: Int32) throws(SystemError) {
        let configuration = core.configuration
        var settings = unsafe lifeos_mhd_settings()
        unsafe settings.listen_socket = socket
        unsafe settings.threads = UInt32(configuration.threads)
        unsafe settings.connection_memory_bytes = configuration.limits.connectionMemoryBytes
        // Each thread gets its share of this and leaves the others what it cannot take. The limit itself is kept by our
        // table, which can say so to the client.
        unsafe settings.connections_max = UInt32(
            configuration.limits.connectionsMax + max(HTTPServer.Limits.refusedAtOnceMax, configuration.threads))
        unsafe settings.argument = Unmanaged.passUnretained(core).toOpaque()
        unsafe settings.connection_changed = { argument, connection, context, change in
            unsafe Daemon.connectionChanged(argument, connection, context, change)
        }
        unsafe settings.target_read = { _, target, connection in unsafe Daemon.targetRead(target, connection) }
        unsafe settings.answer = { _, _, _, method, version, bytes, count, context in
            unsafe Daemon.answer(method, version, bytes, count, context)
        }
        unsafe settings.request_ended = { _, _, context, reason in
            guard let context = unsafe context?.pointee else { return }
            unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
                .requestEnded(isComplete: reason == .REQUEST_TERMINATED_COMPLETED_OK)
        }
        // The library shall leave the target alone; we decode its parts ourselves.
        unsafe settings.unescape = { _, _, text in unsafe text.map { unsafe strlen($0) } ?? 0 }
        unsafe settings.log = { argument, format, values in unsafe Daemon.heard(argument, format, values) }
        let tls = configuration.tls
        let started = unsafe Self.withOptionalCString(tls?.certificate) { certificate in
            unsafe Self.withOptionalCString(tls?.key) { key in
                unsafe settings.certificate = certificate
                unsafe settings.key = key
                return unsafe HTTPServer.TLS.priorities.withCString { priorities in
                    unsafe settings.priorities = priorities
                    return unsafe lifeos_mhd_start(&settings)
                }
            }
        }
        guard let started = unsafe started else {
            throw SystemError(code: EINVAL, operation: tls == nil ? "start the HTTP library" : "start TLS")
        }
        unsafe daemon = started
        self.core = core
    }

    /// Takes no further connections; those that there are go on.
    func quiesce() { unsafe lifeos_mhd_quiesce(daemon) }

    /// Closes what is left and waits for the threads. Nothing may be suspended any more: the library would abort.
    func stop() { unsafe MHD_stop_daemon(daemon) }

    private static func withOptionalCString<Result>(
        _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
    ) -> Result {
        guard let text else { return body(nil) }
        return unsafe text.withCString { unsafe body($0) }
    }
}

/// The callbacks.
extension Daemon {
    private static func connectionChanged(
        _ argument: UnsafeMutableRawPointer?, _ pointer: OpaquePointer?,
        _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ change: MHD_ConnectionNotificationCode
    ) {
        guard let argument = unsafe argument, let pointer = unsafe pointer, let context = unsafe context else { return }
        let core = unsafe Unmanaged<ServerCore>.fromOpaque(argument).takeUnretainedValue()
        if change == .CONNECTION_NOTIFY_STARTED {
            let connection = unsafe Connection(core, LibraryConnection(pointer: pointer))
            unsafe context.pointee = Unmanaged.passRetained(connection).toOpaque()
            connection.open()
        } else if let retained = unsafe context.pointee {
            unsafe context.pointee = nil
            unsafe Unmanaged<Connection>.fromOpaque(retained).takeRetainedValue().close()
        }
    }

    private static func targetRead(
        _ target: UnsafePointer<CChar>?, _ pointer: OpaquePointer?
    ) -> UnsafeMutableRawPointer? {
        guard let target = unsafe target, let pointer = unsafe pointer,
            let context = unsafe LibraryConnection(pointer: pointer).context
        else { return nil }
        unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().targetArrived(target)
        unsafe lifeos_mhd_hide_query(target)
        return unsafe context
    }

    private static func answer(
        _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ bytes: UnsafePointer<CChar>?,
        _ count: UnsafeMutablePointer<Int>?, _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result {
        guard let method = unsafe method, let version = unsafe version, let count = unsafe count,
            let context = unsafe context?.pointee
        else { return .NO }
        let connection = unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
        if let bytes = unsafe bytes {
            // Without a body that a client wanted to wait with, the library shows what follows the request as no bytes of it.
            if unsafe count.pointee == 0 { return .YES }
            let (goesOn, taken) = unsafe connection.bodyArrived(
                UnsafeRawBufferPointer(start: bytes, count: count.pointee))
            unsafe count.pointee -= taken
            return goesOn ? .YES : .NO
        }
        let goesOn =
            switch connection.stage {
            case .head: unsafe connection.headArrived(method: method, version: version)
            case .receiving, .dropping: connection.requestArrived()
            case .streaming: connection.streamedBodyEnded()
            case .running: connection.answerMayBeReady()
            case .idle, .answered: false
            }
        return goesOn ? .YES : .NO
    }
}
