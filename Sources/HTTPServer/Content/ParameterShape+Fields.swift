internal import JSON

extension ParameterShape {
    /// A parameter that may be missing: then it is nil.
    public static func optional<Wrapped>(
        _ name: String, in place: ParameterDeclaration.Place = .query, _ kind: ParameterKind<Wrapped>,
        _ summary: String
    ) -> ParameterShape<Wrapped?> where Value == Wrapped? {
        ParameterShape([.init(name: name, place: place, summary: summary, schema: kind.schema)]) { reader in
            switch reader.single(name, in: place) {
            case .missing: .some(nil)
            case .refused: nil
            case .value(let text): reader.parse(text, of: name, in: place, kind).map { .some($0) }
            }
        }
    }

    /// A parameter that may be missing: then it is the given value.
    public static func optional(
        _ name: String, in place: ParameterDeclaration.Place = .query, _ kind: ParameterKind<Value>,
        default fallback: Value, _ summary: String
    ) -> ParameterShape<Value> where Value: Sendable {
        var schema = kind.schema
        schema["default"] = kind.encode?(fallback)
        return ParameterShape([.init(name: name, place: place, summary: summary, schema: schema)]) { reader in
            switch reader.single(name, in: place) {
            case .missing: fallback
            case .refused: nil
            case .value(let text): reader.parse(text, of: name, in: place, kind)
            }
        }
    }

    /// A parameter that has to be there.
    public static func required(
        _ name: String, in place: ParameterDeclaration.Place = .query, _ kind: ParameterKind<Value>, _ summary: String
    ) -> ParameterShape<Value> {
        let declaration = ParameterDeclaration(
            name: name, place: place, summary: summary, schema: kind.schema, isRequired: true)
        return ParameterShape([declaration]) { reader in
            switch reader.single(name, in: place) {
            case .missing:
                reader.refuse(name, in: place, "required", "Give this parameter.")
                return nil
            case .refused: return nil
            case .value(let text): return reader.parse(text, of: name, in: place, kind)
            }
        }
    }

    /// A part of the path, which the pattern names.
    public static func path(_ name: String, _ kind: ParameterKind<Value>, _ summary: String) -> ParameterShape<Value> {
        required(name, in: .path, kind, summary)
    }

    /// The parts of all values of the name, without empty ones; none when it is missing.
    ///
    /// - Parameter isJoined: whether values are split at commas; otherwise each repetition is one part.
    public static func list<Element>(
        _ name: String, of kind: ParameterKind<Element>, countMax: Int, isJoined: Bool = true, _ summary: String
    ) -> ParameterShape<[Element]> where Value == [Element] {
        let declaration = ParameterDeclaration(
            name: name, place: .query, summary: summary,
            schema: ["type": "array", "items": kind.schema, "maxItems": .integer(countMax)], isJoined: isJoined)
        return ParameterShape([declaration]) { reader in
            let values = reader.values(name, in: .query)
            let parts = isJoined ? values.flatMap { $0.split(separator: ",").map(String.init) } : values
            guard parts.count <= countMax else {
                reader.refuse(name, in: .query, "too_many", "Give at most \(countMax).")
                return nil
            }
            let elements = parts.compactMap { reader.parse($0, of: name, in: .query, kind) }
            return elements.count == parts.count ? elements : nil
        }
    }
}
