internal import Glibc

/// What the kernel has counted of a TCP connection; there is none of a Unix socket.
struct SocketCounters {
    /// What the peer acknowledged of all that was sent to it.
    let bytesAcknowledged: UInt64
    /// What the peer sent, read or not.
    let bytesReceived: UInt64

    init?(_ descriptor: Int32) {
        // Fields of the kernel's `struct tcp_info`, which the C library's header does not have yet.
        let (acknowledged, received) = (120, 128)
        let counters = unsafe withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) {
            buffer -> (UInt64, UInt64)? in
            unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
            var length = socklen_t(buffer.count)
            let known = unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, buffer.baseAddress, &length)
            guard known == 0, Int(length) >= received + 8 else { return nil }
            return unsafe (
                buffer.load(fromByteOffset: acknowledged, as: UInt64.self),
                buffer.load(fromByteOffset: received, as: UInt64.self)
            )
        }
        guard let counters else { return nil }
        (bytesAcknowledged, bytesReceived) = counters
    }
}
