internal import CCurl

extension Transfer {
    /// Tells libcurl everything about the request.
    func prepare(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
        // No signal may hit the process, and a name still being resolved must not hold up the thread when its request
        // is cancelled: libcurl would wait for the resolver.
        easy.set(CURLOPT_NOSIGNAL, true)
        easy.set(CURLOPT_QUICK_EXIT, true)
        unsafe easy.set(CURLOPT_PRIVATE, context: asContext)
        easy.keepErrorText()
        setRequest(userAgent: configuration.userAgent)
        setConnection(configuration)
        setCallbacks()
        if let refusal = easy.refusal {
            throw HTTPClientError.curl(
                refusal, host: request.host, mayHaveBeenSent: false, sentence: easy.keptErrorText)
        }
    }

    private func setRequest(userAgent: String) {
        easy.set(CURLOPT_URL, request.address.url)
        // The path is sent as it was written: signatures and object names depend on it.
        easy.set(CURLOPT_PATH_AS_IS, true)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        // One request a connection at a time: cancelling, pausing and timing one out touches no other.
        easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        setBody()
        easy.setHeaders(request.headerLines)
        // A header line of the request's own takes precedence. As an option it is no part of what is signed.
        easy.set(CURLOPT_USERAGENT, userAgent)
        if request.decompresses { easy.set(CURLOPT_ACCEPT_ENCODING, "") }
        if let signing = request.signing {
            // Signing rules out the header line that keeps libcurl from asking for long bodies; so it asks, but continues.
            if !request.waitsForContinue { easy.set(CURLOPT_EXPECT_100_TIMEOUT_MS, 1) }
            easy.set(CURLOPT_AWS_SIGV4, signing.provider)
            easy.set(CURLOPT_USERNAME, signing.accessKeyID)
            easy.set(CURLOPT_PASSWORD, signing.secretAccessKey)
        }
    }

    private func setBody() {
        switch request.body {
        case .none where request.method.expectsBody: easy.setBody([])
        case .none where request.method == .head: easy.set(CURLOPT_NOBODY, true)
        case .none: easy.set(CURLOPT_HTTPGET, true)
        case .bytes(let bytes): easy.setBody(bytes)
        case .file(let file): setUpload(length: file.length)
        case .stream(let length, _): setUpload(length: length)
        }
        if request.method != .get || !request.body.isEmpty { easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
    }

    private func setUpload(length: Int?) {
        easy.set(CURLOPT_UPLOAD, true)
        easy.set(CURLOPT_INFILESIZE_LARGE, offset: length ?? -1)
    }

    private func setConnection(_ configuration: HTTPClient.Configuration) {
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connecting)
        easy.set(CURLOPT_MAXAGE_CONN, Int(configuration.connectionIdleMax.components.seconds))
        easy.set(CURLOPT_TCP_KEEPALIVE, true)
        // Larger reads are faster, but what is unpacked from one read while the reader pauses stays in memory.
        if !request.decompresses { easy.set(CURLOPT_BUFFERSIZE, 64 << 10) }
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        easy.set(CURLOPT_SSL_VERIFYPEER, true)
        easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = configuration.tls.authoritiesFile {
            easy.set(CURLOPT_CAINFO, file)
            unsafe easy.note(lifeos_curl_set_text(easy.pointer, CURLOPT_CAPATH, nil))
        }
        // Always set, even to nothing: otherwise libcurl would read the environment itself, at each request.
        let proxy = request.address.scheme == "https" ? configuration.proxy.forHTTPS : configuration.proxy.forHTTP
        easy.set(CURLOPT_PROXY, request.unixSocketPath == nil ? proxy ?? "" : "")
        easy.set(CURLOPT_NOPROXY, configuration.proxy.except ?? "")
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        if let path = request.unixSocketPath { easy.set(CURLOPT_UNIX_SOCKET_PATH, path) }
    }
}

extension WireBody {
    /// Whether nothing follows the header lines.
    var isEmpty: Bool {
        switch self {
        case .none: true
        case .bytes(let bytes): bytes.isEmpty
        case .file(let file): file.length == 0
        case .stream(let length, _): length == 0
        }
    }
}
