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
        .init(.badRequest, "invalid_parameters", "Parameters or headers cannot be used; `errors` lists each."),
        .init(.badRequest, "too_many_parameters", "There are more parameters than any address takes."),
        .init(.badRequest, "malformed_json", "The body is no JSON; `line` and `column` say where it ends to be."),
        .init(.badRequest, "malformed_request_line", "The first line of the request cannot be read."),
        .init(.badRequest, "malformed_header", "A header cannot be read."),
        .init(.badRequest, "repeated_header", "A header that has one value is there twice."),
        .init(.badRequest, "malformed_host", "`Host` is missing, repeated or no name."),
        .init(.badRequest, "ambiguous_framing", "It is not clear where the request ends."),
        .init(.badRequest, "malformed_multipart", "A form cannot be read."),
        .init(.badRequest, "truncated_multipart", "A form ends too early."),
        .init(.unauthorized, "unauthorized", "Nobody who is known asks. Send the token."),
        .init(.forbidden, "forbidden", "Whoever asks may not do this."),
        .init(.forbidden, "missing_right", "Whoever asks lacks the right that the address needs; `right` names it."),
        .init(.forbidden, "forged_request", "A browser's session came from a page that is not ours."),
        .init(.notFound, "not_found", "There is no such entity, or there was none then."),
        .init(.notFound, "no_route", "Nothing is at this address."),
        .init(.methodNotAllowed, "method_not_allowed", "The address does not answer this method; `Allow` lists those."),
        .init(.notAcceptable, "not_acceptable", "The address cannot answer in a form that is accepted."),
        .init(.requestTimeout, "request_timeout", "The request took too long to arrive."),
        .init(.conflict, "conflict", "It contradicts what is there."),
        .init(.conflict, "already_exists", "There is one by that name; `id` says which."),
        .init(.conflict, "id_taken", "A stream of another category has the id; `category` says which."),
        .init(.conflict, "foreign_id", "The id of such an entity follows from its name; `id` says which it is."),
        .init(
            .conflict, "undeclared_event", "The catalogue declares no such event of the category, or has retired it."),
        .init(.conflict, "busy", "Work that excludes it is under way; `operation` says which."),
        .init(.conflict, "plan_changed", "What would be done is not what the plan said; `plan` names that of now."),
        .init(.conflict, "operation_over", "The operation has ended; `outcome` says how."),
        .init(.conflict, "archived", "It is archived and can only be read."),
        .init(
            .conflict, "another_log",
            "What the client knows is of another log, which this one was restored or forked from; `log` names this one, "
                + "`predecessor` says up to where both are the same."),
        .init(
            .conflict, "beyond_head",
            "The position lies beyond the end of the log, which is at `head`: it may be of another log than `log`."),
        .init(.gone, "gone", "It was here and is no more."),
        .init(.lengthRequired, "length_required", "The length of the body is not said."),
        .init(.preconditionFailed, "precondition_failed", "What `If-Match` demands of an answer does not hold."),
        .init(.preconditionFailed, "version_conflict", "It changed meanwhile; `current_version` says how far it is."),
        .init(.payloadTooLarge, "payload_too_large", "The body is too large; `limit_bytes` says how large it may be."),
        .init(.payloadTooLarge, "no_body_expected", "The address takes no body."),
        .init(.payloadTooLarge, "too_many_parts", "A form has more parts than the address takes."),
        .init(.uriTooLong, "uri_too_long", "The address is too long."),
        .init(.unsupportedMediaType, "unsupported_media_type", "The body is not JSON by its `Content-Type`."),
        .init(.unsupportedMediaType, "unsupported_content_encoding", "The body is encoded in a way that is not taken."),
        .init(.rangeNotSatisfiable, "range_not_satisfiable", "The range lies outside the content."),
        .init(.expectationFailed, "expectation_failed", "`Expect` asks for something that is not done."),
        .init(.unprocessableContent, "invalid_fields", "Fields of the body do not fit; `errors` lists each."),
        .init(.unprocessableContent, "idempotency_key_reused", "The key was used for another request."),
        .init(
            .unprocessableContent, "too_many",
            "An entity would have more of something than it can; `limit` says how many."),
        .init(
            .unprocessableContent, "too_large",
            "An entity would become too large; `limit_bytes` says how large it may be."),
        .init(
            .unprocessableContent, "cascade_too_large",
            "More goes along with an entity than is archived, or taken back, at once; `limit_bytes` says how much."),
        .init(.unprocessableContent, "unprocessable", "The body does not make sense."),
        .init(.preconditionRequired, "precondition_required", "`If-Match` has to be there."),
        .init(.tooManyRequests, "too_many_requests", "Too many requests came; `Retry-After` says when to come again."),
        .init(.headersTooLarge, "headers_too_large", "The headers are too large."),
        .init(.internalServerError, "internal_error", "A mistake of ours; the log has its cause under `request_id`."),
        .init(.notImplemented, "not_implemented", "The request asks for something that HTTP has and we have not."),
        .init(.serviceUnavailable, "service_unavailable", "It cannot be answered now."),
        .init(.serviceUnavailable, "cancelled", "The request was given up while its body arrived."),
        .init(.serviceUnavailable, "too_many_connections", "Too many connections are open."),
        .init(.serviceUnavailable, "handler_timeout", "Answering took too long."),
        .init(.serviceUnavailable, "stopping", "The service is stopping."),
        .init(.serviceUnavailable, "overloaded", "Too many changes wait to be written."),
        .init(.serviceUnavailable, "withdrawn", "A change waited too long for its turn; nothing was changed."),
        .init(
            .serviceUnavailable, "log_blocked",
            "Another session of the database keeps the log locked; nothing was changed."),
        .init(
            .serviceUnavailable, "opening",
            "The service has just started and makes its tables; `/health/ready` says how far it is, `Retry-After` when to come "
                + "again."),
        .init(
            .serviceUnavailable, "superseded",
            "Another version of Life-OS has taken over the database, so this node answers nothing; nothing was changed."
        ),
        .init(.serviceUnavailable, "backups_unavailable", "Where backups are kept cannot be reached."),
        .init(.serviceUnavailable, "too_many_operations", "Too many operations are under way on this node."),
        .init(.serviceUnavailable, "database_unavailable", "The database cannot answer; nothing was changed."),
        .init(
            .serviceUnavailable, "outcome_unknown", "The change may have been made: look, or repeat it with its key."),
        .init(
            .serviceUnavailable, "log_inconsistent",
            "The log's head does not name its last event; nothing was changed. `lifeos doctor` says what to do."),
        .init(
            .serviceUnavailable, "clock_wrong",
            "A clock is so far off that events would be dated wrongly for good; nothing was changed."),
        .init(
            .serviceUnavailable, "database_exhausted",
            "The database has run out of memory, of connections or into a limit; nothing was changed."),
        .init(
            .serviceUnavailable, "database_failing",
            "The database cannot read or write its files; nothing was changed."),
        .init(
            .insufficientStorage, "database_full",
            "The database's disk is full; nothing was changed, and everything can be read."),
        .init(.insufficientStorage, "insufficient_storage", "There is no room left."),
    ]

    static func entries(of status: Status) -> [Entry] { all.filter { $0.status == status } }

    static let statuses: [Status] = Set(all.map(\.status)).sorted { $0.rawValue < $1.rawValue }
}
