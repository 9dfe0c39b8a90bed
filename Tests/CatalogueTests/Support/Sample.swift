import Catalogue
import JSON
import Testing

/// A small file of each kind, in which tests make their mistakes.
enum Sample {
    static let thing = """
        {
          "type": "thing",
          "collection": "things",
          "title": "Thing",
          "plural": "Things",
          "icon": "📦",
          "description": "Something.",
          "version": 3,
          "name_field": "name",
          "unique_by": "name",
          "schema": {
            "required": ["name"],
            "properties": {
              "name": { "type": "string", "minLength": 1, "description": "What it is called." },
              "color": { "type": "string" },
              "labels": { "type": "array", "items": { "type": "string" } },
              "size": { "type": "integer", "minimum": 1 },
              "box": { "type": "string", "format": "uuid", "x-references": ["thing"], "x-on-archive": "archive" },
              "friends": { "type": "array", "items": { "type": "string", "format": "uuid", "x-references": ["*"] } },
              "parts": { "type": "array", "items": { "type": "object", "properties": {
                "thing": { "type": "string", "format": "uuid", "x-references": ["thing", "task"] },
                "note": { "type": "string" } } } }
            }
          },
          "search": { "name": "A", "labels": "C" },
          "upcasters": [
            { "from": 1, "changes": [{ "rename": { "from": "colour", "to": "color" } }] },
            { "from": 2, "changes": [{ "default": { "field": "size", "value": 1 } }] }
          ],
          "preview": { "template": "A {name} in {color}." },
          "analyser": "thing"
        }
        """

    static let task = """
        {
          "category": "task",
          "collection": "tasks",
          "title": "Task",
          "plural": "Tasks",
          "icon": "⚙️",
          "description": "Something to do.",
          "version": 1,
          "name_field": "title",
          "schema": {
            "required": ["title"],
            "properties": { "title": { "type": "string" }, "done": { "type": "integer" } }
          },
          "events": {
            "started": {
              "effect": "create", "description": "It began.",
              "schema": { "required": ["title"], "properties": { "title": true } }
            },
            "moved": { "effect": "merge", "description": "It came further.", "schema": { "properties": { "done": true } } },
            "nudged": { "effect": "merge", "description": "As before version 1.", "retired": true }
          }
        }
        """

    static func documents(thing: String = thing, task: String = task) -> [(file: String, bytes: [UInt8])] {
        [("events/thing.json", Array(thing.utf8)), ("events/system/task.json", Array(task.utf8))]
    }

    static func catalogue(
        thing: String = thing, functions: [String: Upcaster.Function] = [:]
    ) throws -> Catalogue {
        try Catalogue(documents: documents(thing: thing), functions: functions)
    }

    /// Everything that is wrong when this is written instead of that, in either file.
    static func problems(writing new: String, insteadOf old: String) -> [CatalogueProblem] {
        precondition((thing + task).contains(old), "the sample does not hold \(old)")
        return problems(
            documents(
                thing: thing.replacing(old, with: new, maxReplacements: 1),
                task: thing.contains(old) ? task : task.replacing(old, with: new, maxReplacements: 1)))
    }

    static func problems(_ documents: [(file: String, bytes: [UInt8])]) -> [CatalogueProblem] {
        do throws(CatalogueProblems) {
            _ = try Catalogue(documents: documents)
            return []
        } catch {
            return error.problems
        }
    }
}
