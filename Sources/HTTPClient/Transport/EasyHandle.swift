internal import CCurl

/// One of libcurl's transfers, used for one request after another on the transport thread.
///
/// The setters remember the first refusal, to be asked for once after all of them.
@safe final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private(set) var refusal: CURLcode?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    /// libcurl reads a body in memory from where it lies, until the transfer is over.
    private var body: UnsafeMutableRawBufferPointer?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init?() {
        guard let pointer = unsafe curl_easy_init() else {
            unsafe errorText.deallocate()
            return nil
        }
        unsafe self.pointer = pointer
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
        unsafe curl_slist_free_all(headerList)
        unsafe body?.deallocate()
        unsafe errorText.deallocate()
    }

    /// Forgets everything about the last request.
    func reset() {
        unsafe curl_easy_reset(pointer)
        unsafe curl_slist_free_all(headerList)
        unsafe headerList = nil
        unsafe body?.deallocate()
        unsafe body = nil
        unsafe errorText.pointee = 0
        refusal = nil
    }

    func set(_ option: CURLoption, _ value: Int) { note(unsafe lifeos_curl_set_long(pointer, option, value)) }

    func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }

    /// In milliseconds; at least one, since libcurl takes none for its own default, and at most eleven days.
    func set(_ option: CURLoption, _ value: Duration) { set(option, Int(min(max(1, value / .milliseconds(1)), 1e9))) }

    func set(_ option: CURLoption, offset: Int) { note(unsafe lifeos_curl_set_offset(pointer, option, offset)) }

    /// libcurl copies the text.
    func set(_ option: CURLoption, _ value: String) { note(unsafe lifeos_curl_set_text(pointer, option, value)) }

    func set(_ option: CURLoption, context: UnsafeMutableRawPointer) {
        note(unsafe lifeos_curl_set_pointer(pointer, option, context))
    }

    func setHeaders(_ lines: [String]) {
        for line in lines {
            guard let longer = unsafe curl_slist_append(headerList, line) else { return note(CURLE_OUT_OF_MEMORY) }
            unsafe headerList = longer
        }
        note(unsafe lifeos_curl_set_list(pointer, CURLOPT_HTTPHEADER, headerList))
    }

    func setBody(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
        unsafe copy.copyBytes(from: bytes)
        unsafe body = copy
        set(CURLOPT_POSTFIELDSIZE_LARGE, offset: bytes.count)
        note(unsafe lifeos_curl_set_pointer(pointer, CURLOPT_POSTFIELDS, copy.baseAddress))
    }

    /// libcurl's sentence about what failed.
    func keepErrorText() { note(unsafe lifeos_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)) }

    var keptErrorText: String { unsafe String(cString: errorText) }

    func count(_ info: CURLINFO) -> Int {
        var value = 0
        unsafe lifeos_curl_get_long(pointer, info, &value)
        return value
    }

    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        unsafe lifeos_curl_get_offset(pointer, info, &value)
        return value
    }

    func note(_ code: CURLcode) {
        if code != CURLE_OK, refusal == nil { refusal = code }
    }
}
