internal import CMicroHTTPD
internal import Glibc

/// The library's own connection. Valid from the notice that it started until the notice that it closed.
///
/// Unchecked and safe: only `resume` is called from other threads, and only while the connection is suspended, when the
/// library neither touches nor frees it.
@safe struct LibraryConnection: @unchecked Sendable {
    let pointer: OpaquePointer

    var descriptor: Int32 {
        guard let info = unsafe lifeos_mhd_connection_info(pointer, .CONNECTION_INFO_CONNECTION_FD) else { return -1 }
        return unsafe info.pointee.connect_fd
    }

    var remoteAddress: RemoteAddress {
        let info = unsafe lifeos_mhd_connection_info(pointer, .CONNECTION_INFO_CLIENT_ADDRESS)
        return unsafe RemoteAddress(info?.pointee.client_addr)
    }

    /// What was left with the connection when it started.
    var context: UnsafeMutableRawPointer? {
        unsafe lifeos_mhd_connection_info(pointer, .CONNECTION_INFO_SOCKET_CONTEXT)?.pointee.socket_context
    }

    /// From the first byte of the request line to the end of the headers.
    var headBytes: Int {
        let info = unsafe lifeos_mhd_connection_info(pointer, .CONNECTION_INFO_REQUEST_HEADER_SIZE)
        return unsafe info?.pointee.header_size ?? 0
    }

    /// Sends through the connection's TLS session and ends the session's sending side. Nothing is sent before its handshake is over.
    func sendEncrypted(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe lifeos_mhd_send_encrypted(pointer, $0.baseAddress, $0.count) }
    }

    func suspend() { unsafe MHD_suspend_connection(pointer) }

    func resume() { unsafe MHD_resume_connection(pointer) }
}
