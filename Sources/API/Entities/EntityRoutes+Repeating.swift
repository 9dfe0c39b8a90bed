import Catalogue
import Entities
import EventLog
import HTTPServer
import System

/// What was carried out before gets the answer it got then, even where it would be refused by now: because its type lost a
/// field since, or a tag the name it was asked for by.
extension EntityRoutes {
    func remembering(
        _ type: EntityType, _ request: Request, _ command: CommandRequest, isCreate: Bool = false,
        _ body: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch let refusal as Problem where refusal.status.rawValue < 500 {
            let answer = try await firstAnswer(to: request, command, type)
            guard case .repeated(let version, let id)? = answer else { throw refusal }
            return try await repeated(version, id, type, isCreate: isCreate)
        }
    }

    private func firstAnswer(
        to request: Request, _ command: CommandRequest, _ type: EntityType
    ) async throws -> EntityAnswer? {
        guard command.key != nil else { return nil }
        let meta = try command.meta(request, service.identifiers)
        return try await EntityProblems.translating(type) { try await service.repetitions(of: meta, parts: [0])[0] }
    }

    /// The first answer to a request that came before.
    func repeated(_ version: Int, _ id: UUID, _ type: EntityType, isCreate: Bool) async throws -> Response {
        let (log, document) = try await EntityProblems.translating(type, id) {
            guard let document = try await reader.version(version, of: id, type) else { throw QueryProblem.notFound }
            return (try await service.log.identity(), document)
        }
        var response = Self.response(document, id, log.marked(version), type, isCreate ? .created : .ok)
        response.headers.add("Idempotency-Replayed", "true")
        return response
    }
}
