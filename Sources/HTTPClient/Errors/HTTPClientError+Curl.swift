internal import CCurl

extension HTTPClientError {
    /// Translates libcurl's verdict.
    ///
    /// - Parameter sentence: libcurl's own about this failure. It is shown for TLS alone, where it names what is wrong
    ///   with a certificate and cannot hold a secret.
    static func curl(_ code: CURLcode, host: String, mayHaveBeenSent: Bool, sentence: String) -> HTTPClientError {
        let (meaning, detail): (Code, String?) =
            switch code {
            // Nothing but a proxy is read from before a request is issued.
            case CURLE_RECV_ERROR where !mayHaveBeenSent: (.proxyFailed, "The proxy refused to connect")
            case CURLE_RECV_ERROR where sentence.contains("chunked-encoding"):
                (.brokenResponse, "The chunks of the body are malformed")
            default: Self.meaning(of: code, sentence: sentence)
            }
        return HTTPClientError(
            meaning, host: host, mayHaveBeenSent: mayHaveBeenSent, detail: detail, curlCode: code.rawValue)
    }

    private static func meaning(of code: CURLcode, sentence: String) -> (Code, detail: String?) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: (.unresolvedHost, nil)
        case CURLE_COULDNT_CONNECT: (.refused, nil)
        case CURLE_COULDNT_RESOLVE_PROXY: (.proxyFailed, "The proxy's name has no address")
        case CURLE_PROXY: (.proxyFailed, nil)
        // No other time-out is left to libcurl.
        case CURLE_OPERATION_TIMEDOUT: (.timedOutConnecting, nil)
        case CURLE_SSL_CONNECT_ERROR: (.tlsFailed, sentence)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            (.tlsVerificationFailed, sentence)
        case CURLE_SSL_CACERT_BADFILE:
            (.invalidConfiguration, "tls.authoritiesFile cannot be read as PEM certificates")
        case CURLE_GOT_NOTHING: (.connectionLost, "The server closed the connection without an answer")
        case CURLE_SEND_ERROR: (.connectionLost, "The connection broke while the request was sent")
        case CURLE_RECV_ERROR: (.connectionLost, "The connection broke while the answer was read")
        case CURLE_PARTIAL_FILE: (.connectionLost, "The answer ended before the length it announced")
        case CURLE_SEND_FAIL_REWIND: (.connectionLost, "The connection was dead, and the body cannot be sent again")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
            // Only what a server sends can still bring these up once everything else was accepted.
            CURLE_BAD_FUNCTION_ARGUMENT:
            (.brokenResponse, nil)
        case CURLE_FILESIZE_EXCEEDED: (.tooLarge, nil)
        default: (.transportFailed, explain(code))
        }
    }

    /// libcurl's fixed sentence for a code; it holds nothing of the request.
    static func explain(_ code: CURLcode) -> String {
        guard let text = unsafe curl_easy_strerror(code) else { return "libcurl error \(code.rawValue)" }
        return unsafe String(cString: text)
    }
}
