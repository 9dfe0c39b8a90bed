internal import CMicroHTTPD

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
