public import JSON

/// What a route takes beside its body: one parameter, or several together, declared once. The same value reads them, limits
/// them and describes them, so that a handler cannot read what its route does not declare.
///
/// ```swift
/// router.get("/songs", .optional("limit", .int(in: 1...200), default: 50, "The maximum number of items.")) {
///     request, limit in .text("\(limit) songs")
/// }
/// ```
/// Reading gathers everything wrong in one problem, and builds nothing unless all is right.
public struct ParameterShape<Value>: Sendable {
    /// In the order in which they were declared.
    public let declarations: [ParameterDeclaration]
    /// Gives nil exactly when it refused something.
    let inspect: @Sendable (inout ParameterReader) -> Value?

    init(
        _ declarations: [ParameterDeclaration], _ inspect: @escaping @Sendable (inout ParameterReader) -> Value?
    ) {
        self.declarations = declarations
        self.inspect = inspect
    }
}

/// What is said of one parameter to those who send it.
public struct ParameterDeclaration: Sendable, Hashable {
    public enum Place: String, Sendable { case path, query, header }

    public let name: String
    public let place: Place
    /// A sentence for people.
    public let summary: String
    /// What one value has to be like, or all of them together where it is a list; as JSON Schema.
    public let schema: JSONValue
    public var isRequired = false
    /// Whether a list may be written as one value with commas; otherwise the parameter is repeated.
    public var isJoined = false

    public init(
        name: String, place: Place, summary: String, schema: JSONValue, isRequired: Bool = false,
        isJoined: Bool = false
    ) {
        self.name = name
        self.place = place
        self.summary = summary
        self.schema = schema
        self.isRequired = isRequired
        self.isJoined = isJoined
    }
}

extension ParameterShape {
    /// Several parameters that belong together, and what is made of them.
    public static func group<each Part>(
        _ parts: repeat ParameterShape<each Part>, build: @escaping @Sendable (repeat each Part) -> Value
    ) -> ParameterShape<Value> {
        var declarations: [ParameterDeclaration] = []
        for part in repeat each parts { declarations += part.declarations }
        return ParameterShape(declarations) { reader in
            let before = reader.refused.count
            let values = (repeat (each parts).inspect(&reader))
            guard reader.refused.count == before else { return nil }
            return try? build(repeat known(each values))
        }
    }

    /// What the values are made into.
    public func map<New>(_ convert: @escaping @Sendable (Value) -> New) -> ParameterShape<New> {
        ParameterShape<New>(declarations) { [inspect] reader in inspect(&reader).map(convert) }
    }

    /// Refuses values that are right one by one, but not together.
    public func refusing(_ check: @escaping @Sendable (Value) -> [Problem.Field]) -> ParameterShape {
        ParameterShape(declarations) { [inspect] reader in
            guard let value = inspect(&reader) else { return nil }
            let refused = check(value)
            reader.refused += refused
            return refused.isEmpty ? value : nil
        }
    }
}

extension ParameterShape where Value: Sendable {
    /// No parameter at all: always this value.
    public static func constant(_ value: Value) -> ParameterShape { ParameterShape([]) { _ in value } }
}

extension ParameterShape<Parameters> {
    /// The query whatever it holds, for routes that hand it on. Nothing in it is unknown, and none of it is described.
    public static var wholeQuery: ParameterShape<Parameters> {
        ParameterShape([]) { reader in
            reader.takesAnything = true
            return reader.query
        }
    }
}

private struct Missing: Error {}

private func known<Value>(_ value: Value?) throws(Missing) -> Value {
    guard let value else { throw Missing() }
    return value
}

extension Parameters {
    /// Everything that is declared, of a form for example. What there is besides is refused.
    public func read<each Value>(_ shapes: repeat ParameterShape<each Value>) throws(Problem) -> (repeat each Value) {
        try ParameterReader.read(ParameterReader(query: self), repeat each shapes)
    }
}

extension Request {
    /// Everything that a route declares. What its query holds besides is refused.
    func read<each Value>(_ shapes: repeat ParameterShape<each Value>) throws(Problem) -> (repeat each Value) {
        var readsPath = false
        for shape in repeat each shapes {
            if shape.declarations.contains(where: { $0.place == .path }) { readsPath = true }
        }
        // Decoding is left out where nothing is to be read: files, for one, judge their path by themselves.
        let reader = ParameterReader(
            query: head.query.count == 0 ? Parameters(pairs: []) : try query,
            path: readsPath ? try parameters : Parameters(pairs: []),
            headers: { [self] name in headers(name) })
        return try ParameterReader.read(reader, repeat each shapes)
    }
}

extension ParameterReader {
    fileprivate static func read<each Value>(
        _ reader: ParameterReader, _ shapes: repeat ParameterShape<each Value>
    ) throws(Problem) -> (repeat each Value) {
        var reader = reader
        let values = (repeat (each shapes).inspect(&reader))
        if !reader.takesAnything, !reader.query.pairs.isEmpty {
            var known: [String] = []
            for shape in repeat each shapes {
                known += shape.declarations.filter { $0.place == .query }.map(\.name)
            }
            reader.refuseUnknown(known: known)
        }
        guard reader.refused.isEmpty else { throw .invalidParameters(reader.refused) }
        do {
            return (repeat try known(each values))
        } catch {
            preconditionFailure("a parameter was refused without a reason")
        }
    }
}
