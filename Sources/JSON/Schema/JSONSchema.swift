/// A JSON Schema (2020-12 subset), compiled once and then asked often.
///
/// Known are `type`, `enum`, `const`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`,
/// `minLength`, `maxLength`, `pattern`, `format`, `properties`, `patternProperties`, `additionalProperties`,
/// `propertyNames`, `required`, `minProperties`, `maxProperties`, `items`, `prefixItems`, `minItems`, `maxItems`,
/// `uniqueItems`, `allOf`, `anyOf`, `oneOf`, `not`, `$ref` to `#` or `#/$defs/name`, and `$defs` at the root.
/// Annotations and keywords that begin with `x-` are allowed and stay in `document`. Any other keyword is refused,
/// so that a misspelt rule cannot pass for a kept one.
///
/// Three choices where the standard leaves room: numbers are compared exactly, however long; `format` is enforced;
/// `pattern` is matched in linear time and has neither look-around nor back-references.
public struct JSONSchema: Sendable {
    /// The schema as it was written.
    public let document: JSONValue
    private let nodes: [[SchemaRule]]
    private let limits: Limits

    /// Throws everything that is wrong with the schema.
    public init(_ document: JSONValue, limits: Limits = Limits()) throws(JSONProblems) {
        self.document = document
        self.limits = limits
        var compiler = SchemaCompiler(limits: limits)
        nodes = try compiler.compile(document)
    }

    /// Everything wrong with the value; empty when it is valid.
    public func problems(in value: JSONValue) -> [JSONProblem] {
        var validation = SchemaValidation(nodes: nodes, limits: limits)
        return validation.problems(in: value)
    }

    public func validate(_ value: JSONValue) throws(JSONProblems) {
        let problems = problems(in: value)
        if !problems.isEmpty { throw JSONProblems(problems) }
    }

    /// What a schema, and a validation by it, may cost.
    public struct Limits: Sendable {
        /// How many schemas may apply one inside the other without going deeper into the value. Default 32.
        public var inPlaceDepth = 32
        /// How many schemas may be at work one inside the other in all. Default 512, like `JSONLimits.depth` at most.
        public var depth = 512
        /// How many times a schema may be applied in one validation, since alternatives of alternatives multiply.
        /// Default 2,000,000: about as much as the largest document needs.
        public var steps = 2_000_000
        /// How many instructions a `pattern` may have. Default 2,000.
        public var patternInstructions = 2_000

        public init() {}
    }
}
