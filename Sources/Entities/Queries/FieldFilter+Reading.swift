public import Catalogue
import JSON

extension FieldFilter {
    /// Why a filter cannot be used, in a sentence that says what to send.
    public struct Problem: Error, Sendable, Hashable { public let advice: String }

    /// Reads `field:comparison:value`; `in` takes several values separated by commas, `exists` takes `true` or `false`.
    public init(_ text: String, of type: EntityType?) throws(Problem) {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else {
            throw Problem(advice: "Write a filter as field:comparison:value, such as year:gte:1990.")
        }
        guard let type else {
            throw Problem(advice: "Filters on fields need a single entity type. Use its collection.")
        }
        guard let field = type.field(parts[0]), field.isComparable else {
            let names = type.fields.filter(\.isComparable).map(\.name)
            throw Problem(advice: "`\(parts[0])` cannot be filtered by. Use one of: \(names.joined(separator: ", ")).")
        }
        let usable = Self.comparisons(of: field)
        guard let comparison = Comparison(rawValue: parts[1]), usable.contains(comparison) else {
            let names = usable.map(\.rawValue).joined(separator: ", ")
            throw Problem(advice: "`\(parts[0])` cannot be compared by `\(parts[1])`. Use one of: \(names).")
        }
        let values = comparison == .oneOf ? parts[2].split(separator: ",").map(String.init) : [parts[2]]
        if comparison == .oneOf, values.isEmpty || values.count > Self.valuesMax {
            throw Problem(advice: "Give 1 to \(Self.valuesMax) values, separated by commas.")
        }
        self.field = field.name
        kind = field.kind == .array ? field.elementKind ?? .string : field.kind
        self.comparison = comparison
        self.values = values
        try checkValues()
    }

    public static let valuesMax = 100

    /// How a field can be compared.
    public static func comparisons(of field: Field) -> [Comparison] {
        switch field.kind {
        case .array: [.contains, .exists]
        case .boolean: [.equal, .unequal, .exists]
        case .integer, .number: [.equal, .unequal, .greater, .greaterOrEqual, .less, .lessOrEqual, .oneOf, .exists]
        default: Comparison.allCases
        }
    }

    private func checkValues() throws(Problem) {
        if values.contains(where: { $0.utf8.contains(0) }) { throw Problem(advice: "Leave out the character U+0000.") }
        switch (comparison, kind) {
        case (.exists, _), (_, .boolean):
            if values[0] != "true", values[0] != "false" { throw Problem(advice: "Compare with true or false.") }
        case (_, .integer), (_, .number):
            for value in values where value.utf8.count > 60 || JSONNumber(value)?.isStorable != true {
                throw Problem(advice: "Compare with a number.")
            }
        case (.contains, .array), (.contains, .object):
            guard let value = try? JSONValue(parsing: Array(values[0].utf8)), RowRules.comparable(value) == value else {
                throw Problem(advice: "Compare with JSON, such as [1,2].")
            }
        default: break
        }
    }
}
