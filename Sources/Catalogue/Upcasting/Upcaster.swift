public import JSON

/// Brings data of any older version to the newest, one version at a time.
///
/// Changes of a patch must give what the same changes would give after merging it, so each says what becomes of the
/// part of it that a patch happens to hold; null, which removes, is renamed and split like any value.
public struct Upcaster: Sendable {
    /// A change too particular for the others, written in Swift. It must be pure and must not fail.
    public typealias Function = @Sendable (_ data: JSONObject, _ form: DataForm) -> JSONObject

    /// The changes from version n to n + 1 are at n - 1.
    let steps: [Step]

    struct Step: Sendable {
        /// Why, for people.
        let summary: String?
        let changes: [Change]
    }

    func upcast(_ data: JSONValue, form: DataForm, from version: Int) -> JSONValue {
        guard case .object(var object) = data else { return data }
        for step in steps.dropFirst(max(0, version - 1)) {
            for change in step.changes { change.apply(to: &object, form: form) }
        }
        return .object(object)
    }
}

extension Upcaster {
    enum Change: Sendable {
        case rename(from: String, to: String)
        case setDefault(field: String, value: JSONValue)
        case remove(field: String)
        case map(field: String, values: [String: JSONValue])
        case split(Split)
        case join(Join)
        case function(name: String, Function)
    }

    /// One field's text taken apart: "2-4" into the least and the most players.
    struct Split: Sendable {
        let field: String
        let into: [String]
        let separator: String
        let kind: Field.Kind
    }

    /// Several fields' texts put together.
    struct Join: Sendable {
        let fields: [String]
        let into: String
        let separator: String
    }
}
