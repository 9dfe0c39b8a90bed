import JSON

extension Upcaster.Change {
    /// What it does, as the end of a sentence: "renames `colour` to `color`".
    var summary: String {
        switch self {
        case .rename(let from, let to): "renames `\(from)` to `\(to)`"
        case .setDefault(let field, let value): "sets `\(field)` to `\(value)` where it is missing"
        case .remove(let field): "removes `\(field)`"
        case .map(let field, let values):
            "replaces in `\(field)` "
                + values.sorted { $0.key < $1.key }.map { "`\($0.key)` by `\($0.value)`" }.joined(separator: ", ")
        case .split(let split):
            "splits `\(split.field)` at `\(split.separator)` into "
                + split.into.map { "`\($0)`" }.joined(separator: ", ")
        case .join(let join):
            "joins " + join.fields.map { "`\($0)`" }.joined(separator: ", ")
                + " with `\(join.separator)` into `\(join.into)`"
        case .function(let name, _): "calls `\(name)`"
        }
    }
}
