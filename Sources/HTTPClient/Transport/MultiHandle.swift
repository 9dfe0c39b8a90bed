internal import CCurl

/// libcurl's set of transfers. It belongs to the transport thread; only ``wakeUp()`` may be called from others.
@safe final class MultiHandle: @unchecked Sendable {
    // Unchecked: the pointer never changes, libcurl lets any thread wake it up, the mailbox does so only until the
    // thread closes it, and every other method is called on that thread alone.
    private let pointer: UnsafeMutableRawPointer

    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(connectionsMax: Int) throws(HTTPClientError) {
        guard Self.isLibraryReady, let pointer = unsafe curl_multi_init() else {
            throw HTTPClientError(.transportFailed, host: "", detail: "libcurl could not be started")
        }
        unsafe self.pointer = pointer
        unsafe lifeos_curl_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, connectionsMax)
        unsafe lifeos_curl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, connectionsMax)
        // Without descriptors left the handle is made all the same, but could never be woken.
        guard unsafe curl_multi_wakeup(pointer) == CURLM_OK else {
            unsafe curl_multi_cleanup(pointer)
            throw HTTPClientError(
                .transportFailed, host: "", detail: "No file descriptor is left; raise the limit on open files")
        }
    }

    func wakeUp() { unsafe curl_multi_wakeup(pointer) }

    /// Ends the handle's life. Every transfer must have been removed.
    func close() { unsafe curl_multi_cleanup(pointer) }

    func add(_ easy: EasyHandle) -> Bool { unsafe curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK }

    func remove(_ easy: EasyHandle) { unsafe curl_multi_remove_handle(pointer, easy.pointer) }

    /// Moves whatever can be moved without waiting.
    func perform() -> Bool {
        var running: Int32 = 0
        return unsafe curl_multi_perform(pointer, &running) == CURLM_OK
    }

    /// Waits for a socket, a timer of libcurl's, ``wakeUp()``, or the end of the time.
    func poll(milliseconds: Int32) {
        var ready: Int32 = 0
        unsafe curl_multi_poll(pointer, nil, 0, milliseconds, &ready)
    }

    /// The next transfer that libcurl is done with.
    func nextDone() -> (transfer: Transfer, result: CURLcode)? {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(pointer, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            var context: UnsafeMutableRawPointer?
            unsafe lifeos_curl_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
            guard let context = unsafe context else { continue }
            return (unsafe Transfer.from(context), unsafe lifeos_curl_result(message))
        }
        return nil
    }
}
