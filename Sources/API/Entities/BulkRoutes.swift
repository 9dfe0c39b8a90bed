import Accounts
import Catalogue
import Commands
import Entities
import EventLog
import HTTPServer
import JSON
import System

/// Many changes in one request. Each is carried out or refused by itself, in their order.
extension EntityRoutes {
    static let bulkOperationsMax = 1_000
    static let bulkBytesMax = 8 << 20

    func declareBulk(in router: inout Router) {
        router.post(
            "/api/v2/entities/bulk", body: .buffered(bytesMax: Self.bulkBytesMax),
            info: RouteInfo(
                "entities.bulk", "Change many entities, each independently.", in: "Entities", needs: .writeEntities,
                .bulk(service.catalogue)), .command
        ) { request, command in try await bulk(request, command) }
    }

    /// What was asked for in one place of the request, as far as it is known.
    private enum Part {
        case refused(Problem, isCreate: Bool)
        case command(BulkOperation)

        var isCreate: Bool {
            switch self {
            case .refused(_, let isCreate): isCreate
            case .command(let operation): operation.isCreate
            }
        }
    }

    private func bulk(_ request: Request, _ command: CommandRequest) async throws -> Response {
        let operations = try Self.operations(request)
        var meta = try command.meta(request, service.identifiers)
        // The answer names it, and a repetition gets the first answer.
        if let key = meta.idempotency, command.correlation == nil {
            meta.correlation = Self.correlation(of: key, meta.actor)
        }
        let log = try await EntityProblems.translating(service.catalogue.types[0]) { try await service.log.identity() }
        let parts = operations.map { operation -> Part in
            do throws(Problem) {
                return .command(try BulkOperation(operation, service.catalogue, service.identifiers))
            } catch { return .refused(error, isCreate: BulkOperation.isCreate(operation)) }
        }
        // Asked before anything is changed: from then on no refusal may say that nothing was.
        let remembered = try await remembered(parts, meta)
        let results = try await submit(parts, meta).enumerated().map { part, result in
            result ?? remembered[part].map { .success($0) }
        }
        if Self.isKeyReused(results) {
            throw EntityProblems.keyReused
        }
        var writer = JSONWriter()
        let repeated = await documents(of: results)
        writer.object { writer in
            writer.field("results") { writer in
                writer.array(of: zip(parts, results)) { writer, entry in
                    write(entry.0, entry.1, log, repeated, request, into: &writer)
                }
            }
            writer.field("correlation", meta.correlation.description)
        }
        var response = Response.json(writer.bytes)
        let answers = results.compactMap { try? $0?.get() }
        let isRepeated = answers.contains { if case .repeated = $0 { true } else { false } }
        if isRepeated { response.headers.add("Idempotency-Replayed", "true") }
        return response
    }

    private static func operations(_ request: Request) throws(Problem) -> [JSONValue] {
        let body = try body(request)
        guard let object = body.object else { throw .notAnObject }
        for name in object.names where name != "operations" {
            throw .invalidFields([.init(.pointer("/\(name)"), "unknown", "Send only `operations`.")])
        }
        guard let operations = body["operations"]?.array, (1...bulkOperationsMax).contains(operations.count) else {
            throw .invalidFields([
                .init(.pointer("/operations"), "maxItems", "Send an array of 1 to \(bulkOperationsMax) operations.")
            ])
        }
        return operations
    }

    /// Follows from the key and what is asked under it.
    private static func correlation(of key: EventMeta.Idempotency, _ actor: String) -> UUID {
        UUID(madeOf: "\(actor)\u{0}\(key.key)\u{0}\(key.fingerprint)")
    }

    /// - Returns: a result for each command; nil for what was refused before.
    private func submit(_ parts: [Part], _ meta: EventMeta) async throws -> [Result<EntityAnswer, any Error>?] {
        var commands: [EntityCommand] = []
        for (index, part) in parts.enumerated() {
            guard case .command(let operation) = part else { continue }
            var own = meta
            own.command = service.identifiers.next()
            // A key stands for the whole request, though each operation has its own receipt.
            own.idempotency = meta.idempotency.map { .init(key: $0.key, fingerprint: $0.fingerprint, part: index) }
            var command = EntityCommand(operation.action, on: operation.id, of: operation.type, meta: own)
            command.expected = operation.expected
            command.isFresh = operation.isCreate && operation.type.uniqueBy == nil
            commands.append(command)
        }
        let submitted = commands
        var answers = try await EntityProblems.translating(service.catalogue.types[0]) {
            try await service.writer.submit(submitted)
        }[...]
        return parts.map { part in if case .command = part { answers.popFirst() } else { nil } }
    }

    /// The first answers to what is refused by now, but was carried out when the request came before.
    private func remembered(_ parts: [Part], _ meta: EventMeta) async throws -> [Int: EntityAnswer] {
        let refused = parts.indices.filter { if case .refused = parts[$0] { true } else { false } }
        return try await EntityProblems.translating(service.catalogue.types[0]) {
            try await service.repetitions(of: meta, parts: refused)
        }
    }

    /// Whether the whole request is another than the first under its key.
    private static func isKeyReused(_ results: [Result<EntityAnswer, any Error>?]) -> Bool {
        let refusals = results.count { result in
            if case .failure(is KeyReused) = result { true } else { false }
        }
        return refusals > 0 && refusals == results.count { $0 != nil }
    }

    /// What was answered the first time, where the request came before. Other parts may have been carried out just now, so
    /// that failing to read it is a matter of its part alone.
    private func documents(
        of results: [Result<EntityAnswer, any Error>?]
    ) async -> Result<[UUID: [Int: [UInt8]]], any Error> {
        let wanted = results.compactMap { result -> (id: UUID, version: Int)? in
            if case .success(.repeated(let version, let id)) = result { (id, version) } else { nil }
        }
        if wanted.isEmpty { return .success([:]) }
        do { return .success(try await reader.documents(of: wanted)) } catch { return .failure(error) }
    }

    private func write(
        _ part: Part, _ result: Result<EntityAnswer, any Error>?, _ log: LogIdentity,
        _ repeated: Result<[UUID: [Int: [UInt8]]], any Error>, _ request: Request, into writer: inout JSONWriter
    ) {
        switch (part, result) {
        case (_, .success(let answer)):
            let status: Status = part.isCreate ? .created : .ok
            switch answer {
            case .created(let changed), .changed(let changed), .unchanged(let changed):
                let entity = changed.entity
                write(changed.document, entity.id, entity.version, entity.position, status, into: &writer)
            case .repeated(let version, let id):
                do {
                    guard let document = try repeated.get()[id]?[version] else { throw EntityError.unreadableDocument }
                    let position = try JSONValue(parsing: document)["position"]?.integer ?? 0
                    write(document, id, version, position, status, into: &writer)
                } catch { write(Self.problem(error), request, into: &writer) }
            }
        case (.refused(let problem, _), _): write(problem, request, into: &writer)
        case (.command(let operation), .failure(let error)):
            write(Self.problem(error, operation, log), request, into: &writer)
        case (.command, nil): preconditionFailure("every command has an answer")
        }
    }

    private func write(
        _ document: [UInt8], _ id: UUID, _ version: Int, _ position: Int, _ status: Status,
        into writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.field("status", status.rawValue)
            writer.field("id", id.description)
            writer.field("version", version)
            writer.field("position", position)
            writer.field("entity") { $0.verbatim(document) }
        }
    }

    private func write(_ problem: Problem, _ request: Request, into writer: inout JSONWriter) {
        var problem = problem
        problem.requestID = request.requestID
        writer.object { writer in
            writer.field("status", problem.status.rawValue)
            writer.field("problem", problem)
        }
    }

    private static func problem(_ error: any Error, _ operation: BulkOperation, _ log: LogIdentity) -> Problem {
        switch error {
        case let rejection as Rejection:
            return EntityProblems.problem(rejection, of: operation.type, operation.id, log: log).beneath("/data")
        default: return problem(error)
        }
    }

    private static func problem(_ error: any Error) -> Problem {
        // Not one of ours to tell about: the log has its cause under the request's id.
        DatabaseProblems.problem(error)
            ?? Problem(.internalServerError, "internal_error", "Internal error. Try again later.")
    }
}
