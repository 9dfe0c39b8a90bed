import HTTPServer

/// Every problem that an answer can be, with what it means. A test holds this against the sources.
enum ProblemCodes {
    struct Entry: Sendable {
        let code: String
        let status: Status
        let meaning: String

        init(_ status: Status, _ code: String, _ meaning: String) {
            self.code = code
            self.status = status
            self.meaning = meaning
        }
    }

    /// What any request can end in, whatever it asks for.
    static let anywhere: Set<Status> = [
        .badRequest, .requestTimeout, .lengthRequired, .payloadTooLarge, .uriTooLong, .headersTooLarge,
        .internalServerError, .serviceUnavailable, .insufficientStorage,
    ]
    /// What can be wrong with any body.
    static let ofBodies: Set<Status> = [.unsupportedMediaType, .unprocessableContent]
    /// What only those meet who are not known.
    static let guarded: Set<Status> = [.unauthorized, .forbidden, .tooManyRequests]

    static let all: [Entry] = [
        .init(.badRequest, "bad_request", "The request cannot be used as it is."),
        .init(.badRequest, "invalid_parameters", "Parameters or headers are invalid; `errors` lists each."),
        .init(.badRequest, "too_many_parameters", "The request has more parameters than any route accepts."),
        .init(
            .badRequest, "malformed_json", "The body is not valid JSON; `line` and `column` say where parsing failed."),
        .init(.badRequest, "malformed_request_line", "The first line of the request cannot be read."),
        .init(.badRequest, "malformed_header", "A header cannot be read."),
        .init(.badRequest, "repeated_header", "A header that may have only one value was sent twice."),
        .init(.badRequest, "malformed_host", "`Host` is missing, repeated or invalid."),
        .init(.badRequest, "ambiguous_framing", "It is not clear where the request ends."),
        .init(.badRequest, "malformed_multipart", "The form cannot be parsed."),
        .init(.badRequest, "truncated_multipart", "The form is truncated."),
        .init(.unauthorized, "unauthorized", "The request is not authenticated. Send the token."),
        .init(.forbidden, "forbidden", "The caller lacks the right to do this."),
        .init(.forbidden, "missing_right", "The caller lacks the right that the route needs; `right` names it."),
        .init(.forbidden, "forged_request", "The request used a browser session, but came from another site."),
        .init(.notFound, "not_found", "The entity does not exist, or did not exist at that point."),
        .init(.notFound, "no_route", "No route has this address."),
        .init(
            .methodNotAllowed, "method_not_allowed",
            "The route does not support this method; `Allow` lists those it does."),
        .init(.notAcceptable, "not_acceptable", "The route cannot produce any of the accepted media types."),
        .init(.requestTimeout, "request_timeout", "The request took too long to arrive."),
        .init(.conflict, "conflict", "The request conflicts with the current state."),
        .init(.conflict, "already_exists", "An entity with this name already exists; `id` names it."),
        .init(.conflict, "id_taken", "The id is used by a stream of another category; `category` names it."),
        .init(.conflict, "foreign_id", "The id of such an entity is derived from its name; `id` is the right one."),
        .init(
            .conflict, "undeclared_event", "The catalogue does not declare this event, or has retired it."),
        .init(.conflict, "busy", "A conflicting operation is running; `operation` names it."),
        .init(.conflict, "plan_changed", "The plan has changed; `plan` is the current one."),
        .init(.conflict, "operation_over", "The operation has already ended; `outcome` says how."),
        .init(.conflict, "archived", "The entity is archived, and so read-only."),
        .init(
            .conflict, "another_log",
            "The cursor or tag belongs to another log, from which this one was restored or forked; `log` names this one, "
                + "`predecessor` says up to which position both are the same."),
        .init(
            .conflict, "beyond_head",
            "The position is beyond the end of the log, `head`. It may belong to a log other than `log`."),
        .init(.gone, "gone", "The resource no longer exists."),
        .init(.lengthRequired, "length_required", "The request has no `Content-Length`."),
        .init(
            .preconditionFailed, "precondition_failed",
            "A precondition of the request, such as `If-Match`, does not hold."),
        .init(
            .preconditionFailed, "version_conflict",
            "The entity was changed meanwhile; `current_version` is its version now."),
        .init(.payloadTooLarge, "payload_too_large", "The body is too large; `limit_bytes` is the limit."),
        .init(.payloadTooLarge, "no_body_expected", "The route accepts no body."),
        .init(.payloadTooLarge, "too_many_parts", "The form has more parts than the route accepts."),
        .init(.uriTooLong, "uri_too_long", "The address is too long."),
        .init(.unsupportedMediaType, "unsupported_media_type", "The body is not JSON by its `Content-Type`."),
        .init(
            .unsupportedMediaType, "unsupported_content_encoding",
            "The `Content-Encoding` of the body is not supported."),
        .init(.rangeNotSatisfiable, "range_not_satisfiable", "The range is outside the content."),
        .init(.expectationFailed, "expectation_failed", "`Expect` asks for something that is not supported."),
        .init(.unprocessableContent, "invalid_fields", "Fields of the body are invalid; `errors` lists each."),
        .init(.unprocessableContent, "idempotency_key_reused", "The idempotency key was used for another request."),
        .init(
            .unprocessableContent, "too_many",
            "The entity would have too many values of some kind; `limit` is the maximum."),
        .init(
            .unprocessableContent, "too_large",
            "The entity would become too large; `limit_bytes` is the limit."),
        .init(
            .unprocessableContent, "cascade_too_large",
            "The entity and its dependents are too large to archive or restore at once; `limit_bytes` is the limit."),
        .init(.unprocessableContent, "unprocessable", "The body cannot be processed."),
        .init(.preconditionRequired, "precondition_required", "`If-Match` is required."),
        .init(.tooManyRequests, "too_many_requests", "Too many requests; `Retry-After` says when to try again."),
        .init(.headersTooLarge, "headers_too_large", "The headers are too large."),
        .init(
            .internalServerError, "internal_error",
            "An internal error; the server's log has the cause under `request_id`."),
        .init(.notImplemented, "not_implemented", "The request uses a feature of HTTP that is not supported."),
        .init(.serviceUnavailable, "service_unavailable", "The service is temporarily unavailable."),
        .init(.serviceUnavailable, "cancelled", "The request was cancelled while its body arrived."),
        .init(.serviceUnavailable, "too_many_connections", "Too many connections are open."),
        .init(.serviceUnavailable, "handler_timeout", "The request took too long to handle."),
        .init(.serviceUnavailable, "stopping", "The service is stopping."),
        .init(.serviceUnavailable, "overloaded", "Too many changes are waiting to be written."),
        .init(.serviceUnavailable, "withdrawn", "The change waited too long and was withdrawn; nothing was changed."),
        .init(
            .serviceUnavailable, "log_blocked",
            "Another database session keeps the log locked; nothing was changed."),
        .init(
            .serviceUnavailable, "opening",
            "The service has just started and is building its tables; `/health/ready` reports the progress, `Retry-After` says "
                + "when to try again."),
        .init(
            .serviceUnavailable, "superseded",
            "Another version of Life-OS has taken over the database; nothing was changed."),
        .init(.serviceUnavailable, "backups_unavailable", "The backup store cannot be reached."),
        .init(.serviceUnavailable, "too_many_operations", "Too many operations are running on this node."),
        .init(.serviceUnavailable, "database_unavailable", "The database is unavailable; nothing was changed."),
        .init(
            .serviceUnavailable, "outcome_unknown",
            "The change may have been made: check, or repeat it with its idempotency key."),
        .init(
            .serviceUnavailable, "log_inconsistent",
            "The log's head does not name its last event; nothing was changed. `lifeos doctor` says what to do."),
        .init(
            .serviceUnavailable, "clock_wrong",
            "A clock is too far off to date events; nothing was changed."),
        .init(
            .serviceUnavailable, "database_exhausted",
            "The database has run out of memory or connections, or reached a limit; nothing was changed."),
        .init(
            .serviceUnavailable, "database_failing",
            "The database cannot read or write its files; nothing was changed."),
        .init(
            .insufficientStorage, "database_full",
            "The database's disk is full; nothing was changed. Reading still works."),
        .init(.insufficientStorage, "insufficient_storage", "There is not enough storage left."),
    ]

    static func entries(of status: Status) -> [Entry] { all.filter { $0.status == status } }

    static let statuses: [Status] = Set(all.map(\.status)).sorted { $0.rawValue < $1.rawValue }
}
