internal import CCurl
internal import Glibc

// libcurl calls these on the transport thread, from within `perform`, `resume` and `remove`.
extension Transfer {
    func setCallbacks() {
        let pointer = unsafe easy.pointer
        let context = unsafe asContext
        easy.note(unsafe lifeos_curl_set_write(pointer, CURLOPT_HEADERFUNCTION, Self.headerCallback))
        easy.note(unsafe lifeos_curl_set_write(pointer, CURLOPT_WRITEFUNCTION, Self.writeCallback))
        easy.note(unsafe lifeos_curl_set_read(pointer, Self.readCallback))
        easy.note(unsafe lifeos_curl_set_seek(pointer, Self.seekCallback))
        easy.note(unsafe lifeos_curl_set_progress(pointer, Self.progressCallback))
        easy.note(unsafe lifeos_curl_set_before_request(pointer, Self.issueCallback))
        easy.set(CURLOPT_NOPROGRESS, false)
        for option in [
            CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_XFERINFODATA,
            CURLOPT_PREREQDATA,
        ] {
            unsafe easy.set(option, context: context)
        }
    }

    private static let headerCallback: curl_write_callback = { bytes, size, count, context in
        guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
        let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        return unsafe Transfer.from(context).receive(headerLine: line) ? line.count : 0
    }

    private static let writeCallback: curl_write_callback = { bytes, size, count, context in
        guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
        let chunk = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        // Nothing to take would be understood as a failure to take something.
        return switch unsafe Transfer.from(context).receive(chunk) {
        case .taken: chunk.count
        case .heldBack: Int(CURL_WRITEFUNC_PAUSE)
        case .ended: Int(CURL_WRITEFUNC_ERROR)
        }
    }

    private static let readCallback: curl_read_callback = { bytes, size, count, context in
        guard let bytes = unsafe bytes, let context = unsafe context else { return Int(CURL_READFUNC_ABORT) }
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
        return unsafe Transfer.from(context).fill(buffer)
    }

    private static let seekCallback: curl_seek_callback = { context, offset, origin in
        guard let context = unsafe context, origin == SEEK_SET else { return Int32(CURL_SEEKFUNC_CANTSEEK) }
        return unsafe Transfer.from(context).rewind(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    private static let progressCallback: curl_xferinfo_callback = { context, _, _, sendTotal, sent in
        if let context = unsafe context { unsafe Transfer.from(context).noteSent(Int(sent), of: Int(sendTotal)) }
        return 0
    }

    private static let issueCallback: curl_prereq_callback = { context, _, _, _, _ in
        guard let context = unsafe context else { return Int32(CURL_PREREQFUNC_ABORT) }
        return unsafe Transfer.from(context).issue() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// Gives libcurl the next bytes of a file's or stream's body.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch request.body {
        case .none, .bytes: return 0
        case .file(let file):
            let rest = min(buffer.count, file.length - bytesRead)
            guard rest > 0 else { return 0 }
            let count = unsafe file.read(at: bytesRead, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<rest]))
            guard count > 0 else {
                failure = exchange.failure(
                    .bodyFailed, detail: "The file ended or failed after \(bytesRead) of \(file.length) bytes")
                return Int(CURL_READFUNC_ABORT)
            }
            bytesRead += count
            return count
        case .stream:
            guard let upload = exchange.upload else { return Int(CURL_READFUNC_ABORT) }
            switch unsafe upload.read(into: buffer) {
            case .starved:
                pausesSending = true
                return Int(CURL_READFUNC_PAUSE)
            case .bytes(let count):
                bytesRead += count
                // A chunked body has no announced end that the count of sent bytes could reach.
                if count == 0, phase == .sending { enter(.awaitingAnswer) }
                return count
            }
        }
    }

    private func rewind(to offset: Int) -> Bool {
        switch request.body {
        case .file where request.mayRepeat: bytesRead = offset
        case .stream: return offset == bytesRead
        case .none, .bytes, .file: return request.mayRepeat
        }
        return true
    }
}
