internal import JSON

/// The problems that every service meets. Each sentence says what the caller can do.
extension Problem {
    public static func badRequest(_ detail: String, code: Code = "bad_request") -> Problem {
        Problem(.badRequest, code, detail)
    }

    /// Parameters of the query, path, form or headers that could not be used, all at once.
    public static func invalidParameters(_ fields: [Field]) -> Problem {
        Problem(.badRequest, "invalid_parameters", sentence(about: fields, of: "parameter"), fields: fields)
    }

    /// A body that could be read, but whose fields do not say what they should, all at once.
    public static func invalidFields(_ fields: [Field]) -> Problem {
        Problem(.unprocessableContent, "invalid_fields", sentence(about: fields, of: "field"), fields: fields)
    }

    /// - Parameter challenge: how to sign in, for `WWW-Authenticate`.
    public static func unauthorized(
        _ detail: String = "Sign in first: send `Authorization: Bearer` with a valid token.",
        code: Code = "unauthorized", challenge: String = "Bearer"
    ) -> Problem {
        Problem(.unauthorized, code, detail, headers: ["WWW-Authenticate": challenge])
    }

    public static func forbidden(
        _ detail: String = "Your account may not do this. Ask an administrator for the right to.",
        code: Code = "forbidden"
    ) -> Problem {
        Problem(.forbidden, code, detail)
    }

    public static func notFound(
        _ detail: String = "There is nothing at this address. Check the URL.", code: Code = "not_found"
    ) -> Problem {
        Problem(.notFound, code, detail)
    }

    public static func methodNotAllowed(_ method: String, allowed: [String]) -> Problem {
        let list = allowed.joined(separator: ", ")
        return Problem(
            .methodNotAllowed, "method_not_allowed", "This address does not support \(method). Use one of: \(list).",
            headers: ["Allow": list])
    }

    /// - Parameter offered: the media types that this address can answer in.
    public static func notAcceptable(offered: [String]) -> Problem {
        Problem(
            .notAcceptable, "not_acceptable",
            "This address cannot produce any media type you accept. Accept one of: \(offered.joined(separator: ", ")).",
            members: ["offered": .array(offered.map { .string($0) })])
    }

    public static func requestTimeout(_ what: String = "the request") -> Problem {
        Problem(
            .requestTimeout, "request_timeout", "It took too long to receive \(what). Send it again, faster.",
            headers: ["Connection": "close"])
    }

    public static func conflict(_ detail: String, code: Code = "conflict") -> Problem {
        Problem(.conflict, code, detail)
    }

    public static func gone(_ detail: String, code: Code = "gone") -> Problem {
        Problem(.gone, code, detail)
    }

    public static func lengthRequired() -> Problem {
        Problem(.lengthRequired, "length_required", "Send `Content-Length`.")
    }

    public static func preconditionFailed(
        _ detail: String = "It has changed since you read it. Read it again and reapply your change.",
        code: Code = "precondition_failed"
    ) -> Problem {
        Problem(.preconditionFailed, code, detail)
    }

    public static func preconditionRequired(
        _ detail: String = "Send `If-Match` with the `ETag` of the version you read."
    ) -> Problem {
        Problem(.preconditionRequired, "precondition_required", detail)
    }

    public static func payloadTooLarge(_ what: String = "The body", limitBytes: Int) -> Problem {
        Problem(
            .payloadTooLarge, "payload_too_large", "\(what) is too large. Send at most \(limitBytes) bytes.",
            members: ["limit_bytes": .number(JSONNumber(limitBytes))])
    }

    public static func uriTooLong(limitBytes: Int) -> Problem {
        Problem(
            .uriTooLong, "uri_too_long", "The address is too long. Use at most \(limitBytes) bytes.",
            members: ["limit_bytes": .number(JSONNumber(limitBytes))])
    }

    public static func headersTooLarge(limitBytes: Int) -> Problem {
        Problem(
            .headersTooLarge, "headers_too_large", "The headers are too large. Send at most \(limitBytes) bytes.",
            members: ["limit_bytes": .number(JSONNumber(limitBytes))])
    }

    /// - Parameter accepted: the media types that this address takes.
    public static func unsupportedMediaType(_ got: String?, accepted: [String]) -> Problem {
        let list = accepted.joined(separator: ", ")
        let opening =
            got.map { "The body is `\($0)`, which this address does not accept." } ?? "The body has no `Content-Type`."
        return Problem(
            .unsupportedMediaType, "unsupported_media_type", "\(opening) Send it as `Content-Type: \(list)`.",
            headers: ["Accept": list])
    }

    /// - Parameter accepted: the content codings that this address takes.
    public static func unsupportedEncoding(_ got: String, accepted: [String]) -> Problem {
        let list = accepted.joined(separator: ", ")
        return Problem(
            .unsupportedMediaType, "unsupported_content_encoding",
            "The body is encoded as `\(got)`, which is not supported. Send it unencoded or as one of: \(list).",
            headers: ["Accept-Encoding": list])
    }

    /// - Parameter length: the size of what was asked for in part.
    public static func rangeNotSatisfiable(length: Int64) -> Problem {
        Problem(
            .rangeNotSatisfiable, "range_not_satisfiable",
            "That range is outside the content, which has \(length) bytes.",
            members: ["length": .number(JSONNumber(length))], headers: ["Content-Range": "bytes */\(length)"])
    }

    public static func unprocessable(_ detail: String, code: Code = "unprocessable") -> Problem {
        Problem(.unprocessableContent, code, detail)
    }

    public static func tooManyRequests(
        _ detail: String = "Too many requests.", retryAfter: Duration, code: Code = "too_many_requests"
    ) -> Problem {
        let seconds = wholeSeconds(retryAfter)
        return Problem(
            .tooManyRequests, code, "\(detail) Try again in \(inWords(seconds)).",
            headers: ["Retry-After": "\(seconds)"])
    }

    public static func insufficientStorage() -> Problem {
        Problem(
            .insufficientStorage, "insufficient_storage",
            "There is not enough storage left. Ask an administrator to free some, then try again.")
    }

    /// What went wrong inside stays inside: the caller gets the request's identifier, the log gets the cause.
    ///
    /// - Parameter isChange: whether the request may have changed something before it went wrong.
    public static func internalError(isChange: Bool = false) -> Problem {
        let advice =
            isChange
            ? "The change may have been made: check before you send it again, and report the error with this request's id."
            : "Try again. If it happens again, report it with this request's id."
        return Problem(.internalServerError, "internal_error", "Internal error. \(advice)")
    }

    public static func notImplemented(_ what: String) -> Problem {
        Problem(.notImplemented, "not_implemented", "\(what) is not supported.")
    }

    public static func serviceUnavailable(
        _ detail: String = "The service is temporarily unavailable.", retryAfter: Duration,
        code: Code = "service_unavailable"
    ) -> Problem {
        let seconds = wholeSeconds(retryAfter)
        return Problem(
            .serviceUnavailable, code, "\(detail) Try again in \(inWords(seconds)).",
            headers: ["Retry-After": "\(seconds)"])
    }

    /// Nobody knows whether the change was made, so its caller is not told to try again.
    ///
    /// - Parameter cause: a sentence, such as "The server stopped before it answered."
    public static func outcomeUnknown(_ cause: String) -> Problem {
        Problem(
            .serviceUnavailable, outcomeUnknownCode,
            "\(cause) The change may have been made, or may yet be. Look before you send it again; if it had an "
                + "Idempotency-Key, repeat it with the same: it is not carried out twice.")
    }

    static let outcomeUnknownCode: Code = "outcome_unknown"

    /// A deadline of ours passed, not the caller's. For requests that change nothing; see ``outcomeUnknown(_:)``.
    public static func handlerTimeout(retryAfter: Duration = .seconds(1)) -> Problem {
        .serviceUnavailable(
            "Answering took too long and was given up.", retryAfter: retryAfter, code: "handler_timeout")
    }

    /// Rounded up, and never zero: a client that waits zero seconds asks at once.
    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(1, seconds + (attoseconds > 0 ? 1 : 0))
    }

    private static func inWords(_ seconds: Int64) -> String {
        seconds == 1 ? "1 second" : "\(seconds) seconds"
    }

    private static func sentence(about fields: [Field], of kind: String) -> String {
        switch fields.count {
        case 1: "\(fields[0].place): \(fields[0].message)"
        case let count: "\(count) \(kind)s cannot be used. Correct those listed in `errors` and send it again."
        }
    }
}
