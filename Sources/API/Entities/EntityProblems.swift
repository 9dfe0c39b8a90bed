import Catalogue
import Commands
import Entities
import EventLog
import HTTPServer
import JSON
import Postgres
import System

/// What is said to clients when something about entities is not as they wished. Every code that can come is here.
enum EntityProblems {
    /// - Parameter log: which log it is about, where tags matter.
    static func problem(
        _ rejection: Rejection, of type: EntityType, _ id: UUID, log: LogIdentity? = nil
    ) -> Problem {
        let path = "/api/v2/\(type.collection)/\(id)"
        switch rejection {
        case .notFound: return notFound(type, id)
        case .alreadyExists(let id):
            return Problem(
                .conflict, "already_exists",
                "A \(type.title.lowercased()) with this name already exists. Change that one, or choose another name.",
                members: ["id": .string(id.description)], headers: ["Location": "/api/v2/\(type.collection)/\(id)"])
        case .idTaken(let id, let category):
            return Problem(
                .conflict, "id_taken",
                "The id \(id) is already used by a stream of the category \(category). Choose another id, or another name if the id "
                    + "is made of the name.",
                members: ["id": .string(id.description), "category": .string(category)])
        case .foreignID(let id, let wanted):
            return Problem(
                .conflict, "foreign_id",
                "The id of a \(type.title.lowercased()) is derived from its name: it is \(wanted), not \(id). Leave the id out.",
                members: ["id": .string(wanted.description)])
        case .undeclared(let name, let verb):
            return Problem(
                .conflict, "undeclared_event",
                "The catalogue does not declare \(name).\(verb), or has retired it. Put the file of its category back into events/."
            )
        case .conflict(let version):
            var problem = Problem(
                .preconditionFailed, "version_conflict",
                "The entity is now at version \(version). Read it again and reapply your change.",
                members: ["current_version": .integer(version)])
            let tag = log.map { EntityTag($0.marked(version)) }
            if let tag { problem.members.append((name: "current_etag", value: .string(tag.description))) }
            return problem
        case .archived:
            return Problem(
                .conflict, "archived",
                "The entity is archived and read-only. Restore it first: POST \(path)/unarchive.")
        case .invalid(let problems): return invalid(problems)
        case .badReferences(let references): return badReferences(references)
        case .fixedName(let field):
            return .invalidFields([
                .init(
                    .pointer("/\(field)"), "fixed",
                    "The \(field) identifies it and cannot change. Create a new one with the new \(field).")
            ])
        case .tooLarge(let limit):
            return Problem(
                .unprocessableContent, "too_large",
                "Its fields would exceed \(limit) bytes. Shorten one of them, or split the entity.",
                members: ["limit_bytes": .integer(limit)])
        case .cascadeTooLarge(let count, let bytes, let limit):
            return Problem(
                .unprocessableContent, "cascade_too_large",
                "\(count) other entities go along with it, which takes \(bytes) bytes; \(limit) are changed at once. Change some of "
                    + "those by themselves first.",
                members: [
                    "count": .integer(count), "bytes": .integer(bytes), "limit_bytes": .integer(limit),
                ])
        case .tooMany(let what, let limit):
            return Problem(
                .unprocessableContent, "too_many", "It would have more than \(limit) \(what). Remove some first.",
                members: ["limit": .integer(limit)])
        }
    }

    static func invalid(_ problems: [JSONProblem]) -> Problem {
        .invalidFields(
            problems.prefix(JSONProblems.mostReported).map {
                .init(.pointer($0.pointer.description), .init(rawValue: $0.keyword), $0.message)
            })
    }

    private static func badReferences(_ references: [Rejection.Reference]) -> Problem {
        .invalidFields(
            references.map { reference in
                let advice: String
                if let type = reference.type {
                    advice =
                        "\(reference.target) is a \(type). Point to one of: \(reference.allowed.joined(separator: ", "))."
                } else {
                    let wanted = reference.allowed == ["*"] ? "an entity" : reference.allowed.joined(separator: " or ")
                    advice = "There is no \(wanted) with the id \(reference.target). Create it first, or leave it out."
                }
                let pointer = "/" + reference.field.split(separator: ".").joined(separator: "/")
                return .init(.pointer(pointer), "reference", advice)
            })
    }

    static func notFound(_ type: EntityType, _ id: UUID) -> Problem {
        .notFound("There is no \(type.title.lowercased()) with the id \(id). List them at /api/v2/\(type.collection).")
    }

    static func problem(_ error: CommandWriterError) -> Problem {
        switch error {
        case .overloaded:
            .serviceUnavailable(
                "Too many changes are waiting to be written.", retryAfter: .seconds(1), code: "overloaded")
        case .stopping: .serviceUnavailable("The service is stopping.", retryAfter: .seconds(2), code: "stopping")
        case .unavailable:
            .serviceUnavailable(
                "The database cannot be reached; nothing was changed.", retryAfter: .seconds(2),
                code: "database_unavailable")
        case .withdrawn:
            .serviceUnavailable(
                "The change waited too long and was withdrawn; nothing was changed.", retryAfter: .seconds(1),
                code: "withdrawn")
        case .blocked:
            .serviceUnavailable(
                "Another database session keeps the log locked; nothing was changed.", retryAfter: .seconds(2),
                code: "log_blocked")
        case .outcomeUnknown: .outcomeUnknown("The connection to the database was lost during the commit.")
        case .brokenEnd(let fault):
            .serviceUnavailable(
                "\(fault) Nothing was changed, and nothing can be until an administrator has put it right: lifeos doctor.",
                retryAfter: .seconds(60), code: "log_inconsistent")
        case .wrongClock(let fault):
            .serviceUnavailable(
                "\(fault) Nothing was changed, and nothing can be until an administrator has put it right: lifeos doctor.",
                retryAfter: .seconds(60), code: "clock_wrong")
        case .superseded: GateProblems.superseded()
        }
    }

    private static func problem(_ problem: QueryProblem, _ notFound: @autoclosure () -> Problem) -> Problem {
        switch problem {
        case .badCursor:
            .invalidParameters([
                .init(
                    .parameter("cursor"), "malformed",
                    "Send `next_cursor` unchanged, with the same other parameters, or leave it out.")
            ])
        case .anotherLog(let log, let head):
            LogProblems.anotherLog(.parameter("cursor"), LogIdentity(id: log), head: head)
        case .notFound: notFound()
        }
    }

    /// Runs `body` and says in problems what went wrong.
    static func translating<Result>(
        _ type: EntityType, _ id: UUID = UUID(high: 0, low: 0), log: LogIdentity? = nil,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let rejection as Rejection {
            throw problem(rejection, of: type, id, log: log)
        } catch is KeyReused {
            throw keyReused
        } catch let error as CommandWriterError {
            throw problem(error)
        } catch let error as QueryProblem {
            throw problem(error, notFound(type, id))
        } catch let error as PointNotFound {
            throw PointProblems.problem(error, parameter: "as_of")
        } catch let error as PostgresError {
            throw try problem(error)
        }
    }

    static let keyReused = Problem(
        .unprocessableContent, "idempotency_key_reused",
        "This Idempotency-Key was used for another request. Use a new key for a new request.")

    /// - Throws: the error, where it is a mistake of ours.
    static func problem(_ error: PostgresError) throws -> Problem {
        guard let problem = DatabaseProblems.problem(error) else { throw error }
        return problem
    }
}
