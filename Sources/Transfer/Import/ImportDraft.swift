import Catalogue
import Entities
import JSON
import System

/// An entity as a file wants it. Pure.
struct ImportDraft {
    /// From the folder on, such as `character/ada.json`.
    let path: String
    let type: EntityType
    let id: UUID
    var data: JSONObject
    /// What the file says besides the data; nil where it holds the data alone, and the rest stays as it is.
    var marks: Marks?
    /// Fields that were left out: where the entity exists, they stay as they are.
    private(set) var leftOut: Set<String> = []
    private(set) var problems: [String] = []
    private(set) var isRefused = false

    struct Marks {
        var tags: [String] = []
        var links: [Entity.Link] = []
        var isFavorite = false
        var isArchived = false
        var archivedWith: UUID?
    }

    init(path: String, type: EntityType, id: UUID, data: JSONObject, marks: Marks?) {
        self.path = path
        self.type = type
        self.id = id
        self.data = data
        self.marks = marks
    }

    mutating func note(_ problem: String) { problems.append(problem) }

    mutating func refuse(_ reason: String) {
        problems.append(reason)
        isRefused = true
    }

    mutating func leaveOut(_ field: String, _ problem: String) {
        leftOut.insert(field)
        problems.append("/\(field): \(problem)")
    }

    /// Leaves out what does not fit the type; an entity that does not do without is refused.
    mutating func clean() {
        var wrong = problems(in: data)
        while !wrong.isEmpty, !isRefused {
            let fields = Set(wrong.compactMap(\.pointer.tokens.first).filter { data[$0] != nil })
            for problem in wrong {
                let isOptional = problem.pointer.tokens.first.map { type.field($0)?.isRequired != true } ?? false
                if isOptional, problem.pointer.tokens.first.map(fields.contains) == true {
                    problems.append("\(problem.pointer): \(problem.message) It was left out.")
                } else {
                    refuse("\(problem.pointer): \(problem.message) Correct the file and import again.")
                }
            }
            for field in fields where type.field(field)?.isRequired != true {
                data[field] = nil
                leftOut.insert(field)
            }
            wrong = problems(in: data)
        }
    }

    private func problems(in data: JSONObject) -> [JSONProblem] { Content.problems(in: data, of: type) }

    /// Changes each reference of the data; nil takes it away. Fields that changed so are told.
    @discardableResult
    mutating func rewriteReferences(_ change: (_ text: String, Reference) -> String?) -> Set<String> {
        var touched: Set<String> = []
        for path in type.references {
            let names = path.path.split(separator: ".").map(String.init)
            guard let field = names.first, let value = data[field] else { continue }
            let rewritten = Self.rewrite(value, names.dropFirst()) { change($0, path.reference) }
            if rewritten != value {
                data[field] = rewritten
                touched.insert(field)
            }
        }
        return touched
    }

    private static func rewrite(
        _ value: JSONValue, _ path: ArraySlice<String>, _ change: (String) -> String?
    ) -> JSONValue? {
        switch value {
        case .string(let text) where path.isEmpty: return change(text).map { .string($0) }
        case .array(let elements): return .array(elements.compactMap { rewrite($0, path, change) })
        case .object(var object):
            guard let name = path.first, let inner = object[name] else { return value }
            // Without its reference, the whole place means nothing.
            guard let rewritten = rewrite(inner, path.dropFirst(), change) else { return nil }
            object[name] = rewritten
            return .object(object)
        default: return value
        }
    }
}
