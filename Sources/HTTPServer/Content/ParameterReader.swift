/// Reads typed values out of ``Parameters`` and collects what is wrong with them.
///
/// Each reading comes in three forms: optional, with a `default:`, and `.required`.
public struct ParameterReader {
    /// Says that a parameter may not be missing.
    public enum Presence: Sendable { case required }

    private let pairs: [(name: String, value: String)]
    private var known: [String] = []
    /// What was found wrong so far.
    public private(set) var refused: [Problem.Field] = []

    init(_ parameters: Parameters) { pairs = parameters.pairs }

    /// Refuses a parameter for a reason of the caller's, such as two that exclude each other.
    public mutating func refuse(_ name: String, _ code: Problem.Code, _ message: String) {
        refused.append(Problem.Field(.parameter(name), code, message))
    }

    /// A value of any type.
    /// - Parameters:
    ///   - advice: what to send, said when `parse` returns `nil`; a whole sentence.
    public mutating func value<Value>(
        _ name: String, code: Problem.Code = "malformed", advice: @autoclosure () -> String,
        parse: (String) -> Value?
    ) -> Value? {
        guard let text = single(name) else { return nil }
        if let value = parse(text) { return value }
        refuse(name, code, advice())
        return nil
    }

    /// `value`, or a problem when it is missing; the placeholder never reaches anyone.
    public mutating func require<Value>(_ name: String, _ value: Value?, placeholder: Value) -> Value {
        if let value { return value }
        if !refused.contains(where: { $0.place == .parameter(name) }) {
            refuse(name, "required", "Give this parameter.")
        }
        return placeholder
    }

    mutating func refuseUnknown() {
        var seen: Set<String> = []
        for (name, _) in pairs where !known.contains(name) && seen.insert(name).inserted {
            let rest = known.isEmpty ? "Leave it out." : "Known are: \(known.joined(separator: ", "))."
            refuse(name, "unknown", "There is no such parameter. \(rest)")
        }
    }

    mutating func all(_ name: String) -> [String] {
        if !known.contains(name) { known.append(name) }
        return pairs.filter { $0.name == name }.map(\.value)
    }

    private mutating func single(_ name: String) -> String? {
        let values = all(name)
        if values.count > 1 {
            refuse(name, "repeated", "Give this parameter once.")
            return nil
        }
        return values.first
    }
}
