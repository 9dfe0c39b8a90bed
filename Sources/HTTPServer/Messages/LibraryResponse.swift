internal import CMicroHTTPD
internal import System

/// An answer in the library's form, released when this goes away; what is queued the library keeps by itself.
///
/// Unchecked and safe: the library counts its users under a lock, and nothing is changed once it is shared.
@safe struct LibraryResponse: ~Copyable, @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over a response that was just made; `nil` where the library had no memory for it.
    init?(_ pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe MHD_destroy_response(pointer) }

    /// Copies the bytes: the library then sends head and body together.
    init?(copying bytes: [UInt8]) {
        let made = unsafe bytes.withUnsafeBytes { buffer in
            unsafe MHD_create_response_from_buffer(
                buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), .RESPMEM_MUST_COPY)
        }
        unsafe self.init(made)
    }

    /// Sends a stretch of a file without copying it through our memory.
    init?(_ file: consuming FileDescriptor, _ range: Range<Int64>) {
        let number = file.release()
        let made = unsafe MHD_create_response_from_fd_at_offset64(
            UInt64(range.count), number, UInt64(range.lowerBound))
        if unsafe made == nil { _ = FileDescriptor(adopting: number) }
        unsafe self.init(made)
    }

    /// Tells the size of a body that the library is not going to send.
    init?(omitting length: Int64) {
        unsafe self.init(
            MHD_create_response_from_callback(
                UInt64(length), 1, { _, _, _, _ in LibraryResponse.endWithError }, nil, nil))
    }

    /// Asks for the body whenever some of it can be sent.
    init?(_ transfer: OutgoingTransfer, length: Int64?) {
        let context = unsafe Unmanaged.passRetained(transfer).toOpaque()
        let made = unsafe MHD_create_response_from_callback(
            // What the library calls an unknown size.
            length.map { UInt64($0) } ?? .max, Self.blockBytes,
            { context, _, buffer, count in unsafe LibraryResponse.read(context, buffer, count) }, context,
            { context in
                if let context = unsafe context { unsafe Unmanaged<OutgoingTransfer>.fromOpaque(context).release() }
            })
        if unsafe made == nil { unsafe Unmanaged<OutgoingTransfer>.fromOpaque(context).release() }
        unsafe self.init(made)
    }

    private static func read(_ context: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ count: Int)
        -> Int
    {
        guard let context = unsafe context else { return endWithError }
        let transfer = unsafe Unmanaged<OutgoingTransfer>.fromOpaque(context).takeUnretainedValue()
        switch unsafe transfer.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count)) {
        case .bytes(let count): return count
        case .nothingYet: return 0
        case .complete: return endOfStream
        case .failed:
            // The library has a code for this, but then leaves the connection lying about until its thread wakes for
            // another. A byte that it cannot send any more makes it clean up at once.
            transfer.cut()
            unsafe buffer?.pointee = 0
            return 1
        }
    }

    // The library's `MHD_CONTENT_READER_END_…`, macros that Swift cannot see.
    private static let endOfStream = -1
    private static let endWithError = -2
    /// What the library holds of a body whose length is known; chunks are written straight into its buffer.
    private static let blockBytes = 16 << 10

    /// `false` where the header cannot be sent: a line break in it, or a name that is the library's own.
    @discardableResult
    func add(_ name: String, _ value: String) -> Bool {
        unsafe name.withCString { name in
            unsafe value.withCString { value in unsafe MHD_add_response_header(pointer, name, value) == .YES }
        }
    }

    func add(_ headers: Headers) -> Bool {
        for (name, value) in headers.pairs where !add(name, value) { return false }
        return true
    }

    func queue(on connection: LibraryConnection, _ status: Status) -> Bool {
        unsafe MHD_queue_response(connection.pointer, UInt32(status.rawValue), pointer) == .YES
    }
}
