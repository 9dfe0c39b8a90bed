import JSON
import System

/// The places of references, arranged so that finding them costs one look at each member of the data.
struct ReferenceTree: Sendable {
    private enum Branch: Sendable {
        /// An id or an array of ids, and what the path is called.
        case ids(path: String)
        /// An object or an array of objects.
        case objects([String: Branch])
    }

    private let branches: [String: Branch]

    init(_ references: [ReferencePath]) {
        var branches: [String: Branch] = [:]
        for reference in references {
            let names = reference.path.split(separator: ".").map(String.init)
            guard let first = names.first else { continue }
            if names.count == 1 {
                branches[first] = .ids(path: reference.path)
            } else {
                var inner: [String: Branch] = [:]
                if case .objects(let known) = branches[first] { inner = known }
                inner[names[1]] = .ids(path: reference.path)
                branches[first] = .objects(inner)
            }
        }
        self.branches = branches
    }

    func references(in data: JSONValue) -> [FoundReference] {
        guard !branches.isEmpty, case .object(let object) = data else { return [] }
        var search = Search()
        search.look(into: object, branches)
        return search.found
    }

    private struct Search {
        var found: [FoundReference] = []
        /// Used once walking what was found would cost more than hashing.
        private var seen: Set<Seen> = []
        private static let mostWalked = 16

        private struct Seen: Hashable {
            let field: String
            let target: UUID
        }

        mutating func look(into object: JSONObject, _ branches: [String: Branch]) {
            for (name, value) in object {
                guard let branch = branches[name] else { continue }
                look(into: value, branch)
            }
        }

        private mutating func look(into value: JSONValue, _ branch: Branch) {
            switch (value, branch) {
            case (.string(let text), .ids(let path)):
                if let target = UUID(text), isNew(path, target) { found.append((path, target)) }
            case (.object(let object), .objects(let inner)): look(into: object, inner)
            case (.array(let elements), _): for element in elements { look(into: element, branch) }
            default: break
            }
        }

        private mutating func isNew(_ field: String, _ target: UUID) -> Bool {
            guard found.count >= Self.mostWalked else {
                return !found.contains { $0.target == target && $0.field == field }
            }
            if seen.isEmpty { seen = Set(found.map { Seen(field: $0.field, target: $0.target) }) }
            return seen.insert(Seen(field: field, target: target)).inserted
        }
    }
}
