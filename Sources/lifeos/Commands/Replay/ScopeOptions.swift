import CLI
import Catalogue
import Configuration
import Entities
import Replay
import System

/// The options that say which changes are meant.
enum ScopeOptions {
    static let entity = Option(repeated: "entity", .identifier, "Only this entity.")
    static let type = Option(
        repeated: "type", .text, placeholder: "name", "Only entities of this type, such as character.")
    static let actor = Option("actor", .text, placeholder: "name", "Only changes by this actor.")
    static let correlation = Option(
        "correlation", .identifier, "Only changes with this correlation: all that one command, import or operation did."
    )

    static let all: [any Parameter] = [entity, type, actor, correlation]

    static func scope(
        _ run: Invocation, after: Int, upTo: Int, _ service: EntityService
    ) throws -> ChangeScope {
        var scope = ChangeScope(after: after, upTo: upTo)
        try CatalogueWords(service.catalogue).check(types: run[type])
        scope.types = run[type]
        scope.entities = run[entity]
        scope.actor = run[actor]
        scope.correlation = run[correlation]
        return scope
    }
}

extension Kind where Value == UUID {
    static var identifier: Kind {
        Kind(form: "an identifier such as 0197a1b2-0000-7000-8000-00000000000f", placeholder: "id") {
            text, _ throws(Malformed) in
            guard let id = UUID(text) else { throw Malformed() }
            return id
        }
    }
}
