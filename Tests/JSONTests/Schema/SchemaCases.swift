/// A schema, a value and the problems it has, as `pointer keyword`.
struct SchemaCase: Sendable {
    let schema: String
    let value: String
    let problems: [String]

    init(_ schema: String, _ value: String, _ problems: String...) {
        self.schema = schema
        self.value = value
        self.problems = problems
    }
}

let schemaCases: [SchemaCase] = [
    // true, false and nothing at all
    SchemaCase("true", "1"), SchemaCase("{}", "[null]"), SchemaCase("false", "1", " false"),
    SchemaCase(#"{"properties":{"a":false}}"#, #"{"a":1}"#, "/a false"),
    // type
    SchemaCase(#"{"type":"string"}"#, #""""#), SchemaCase(#"{"type":"string"}"#, "1", " type"),
    SchemaCase(#"{"type":"integer"}"#, "1.0"), SchemaCase(#"{"type":"integer"}"#, "1e400"),
    SchemaCase(#"{"type":"integer"}"#, "1.5", " type"), SchemaCase(#"{"type":"number"}"#, "7"),
    SchemaCase(#"{"type":"number"}"#, #""7""#, " type"), SchemaCase(#"{"type":"boolean"}"#, "0", " type"),
    SchemaCase(#"{"type":"null"}"#, "null"), SchemaCase(#"{"type":"null"}"#, "false", " type"),
    SchemaCase(#"{"type":"object"}"#, "[]", " type"), SchemaCase(#"{"type":"array"}"#, "{}", " type"),
    SchemaCase(#"{"type":["string","null"]}"#, "null"), SchemaCase(#"{"type":["string","null"]}"#, "3", " type"),
    // enum, const
    SchemaCase(#"{"enum":["a",1,null]}"#, "1.0"), SchemaCase(#"{"enum":["a",1,null]}"#, #""b""#, " enum"),
    SchemaCase(#"{"enum":[{"a":1,"b":2}]}"#, #"{"b":2,"a":1}"#), SchemaCase(#"{"const":[1]}"#, "[1]"),
    SchemaCase(#"{"const":0}"#, "false", " const"), SchemaCase(#"{"const":null}"#, "null"),
    // numbers
    SchemaCase(#"{"minimum":0}"#, "-0.0"), SchemaCase(#"{"minimum":0}"#, "-1e-400", " minimum"),
    SchemaCase(#"{"maximum":9007199254740992}"#, "9007199254740993", " maximum"), SchemaCase(#"{"maximum":1}"#, "1.0"),
    SchemaCase(#"{"exclusiveMinimum":0}"#, "0", " exclusiveMinimum"), SchemaCase(#"{"exclusiveMinimum":0}"#, "1e-9"),
    SchemaCase(#"{"exclusiveMaximum":1}"#, "1.0", " exclusiveMaximum"), SchemaCase(#"{"exclusiveMaximum":1}"#, "0.9"),
    SchemaCase(#"{"minimum":5}"#, #""1""#),
    SchemaCase(#"{"multipleOf":0.01}"#, "4.02"), SchemaCase(#"{"multipleOf":0.01}"#, "4.021", " multipleOf"),
    SchemaCase(#"{"multipleOf":0.1}"#, "1e400"), SchemaCase(#"{"multipleOf":7}"#, "1e999999999", " multipleOf"),
    SchemaCase(#"{"multipleOf":3}"#, "111111111111111111111111111111"), SchemaCase(#"{"multipleOf":2.5}"#, "-7.5"),
    SchemaCase(#"{"multipleOf":2}"#, "111111111111111111111111111111", " multipleOf"),
    SchemaCase(#"{"multipleOf":20}"#, "0"),
    SchemaCase(#"{"multipleOf":20}"#, "30", " multipleOf"), SchemaCase(#"{"multipleOf":20}"#, "4e1"),
    SchemaCase(#"{"multipleOf":999999999999999989}"#, "999999999999999989e30"),
    // strings: characters are code points
    SchemaCase(#"{"minLength":2}"#, #""😀""#, " minLength"), SchemaCase(#"{"maxLength":1}"#, #""😀""#),
    SchemaCase(#"{"maxLength":1}"#, #""e\u0301""#, " maxLength"), SchemaCase(#"{"minLength":2.0}"#, #""ab""#),
    SchemaCase(#"{"pattern":"^[a-z]+$"}"#, #""abc""#), SchemaCase(#"{"pattern":"^[a-z]+$"}"#, #""aBc""#, " pattern"),
    SchemaCase(#"{"pattern":"b"}"#, #""abc""#), SchemaCase(#"{"pattern":"b"}"#, "1"),
    SchemaCase(#"{"format":"date"}"#, #""2026-02-29""#, " format"), SchemaCase(#"{"format":"date"}"#, "20260229"),
    // objects
    SchemaCase(#"{"properties":{"a":{"type":"string"}}}"#, #"{"a":1,"b":2}"#, "/a type"),
    SchemaCase(#"{"properties":{"a":{"properties":{"b~/":{"type":"string"}}}}}"#, #"{"a":{"b~/":0}}"#, "/a/b~0~1 type"),
    SchemaCase(#"{"required":["a","b"]}"#, #"{"a":null}"#, "/b required"), SchemaCase(#"{"required":["a"]}"#, "[]"),
    SchemaCase(
        #"{"additionalProperties":false,"properties":{"a":true}}"#, #"{"a":1,"b":2}"#, "/b additionalProperties"),
    SchemaCase(#"{"additionalProperties":{"type":"null"},"properties":{"a":true}}"#, #"{"a":1,"b":2}"#, "/b type"),
    SchemaCase(#"{"patternProperties":{"^x_":{"type":"null"}}}"#, #"{"x_1":1,"y":2}"#, "/x_1 type"),
    SchemaCase(
        #"{"patternProperties":{"^x":true},"additionalProperties":false}"#, #"{"x":1,"y":2}"#, "/y additionalProperties"
    ),
    SchemaCase(
        #"{"properties":{"xa":{"minimum":5}},"patternProperties":{"^x":{"maximum":3}}}"#, #"{"xa":4}"#, "/xa minimum",
        "/xa maximum"),
    SchemaCase(#"{"propertyNames":{"maxLength":2}}"#, #"{"ab":1,"abc":2}"#, "/abc maxLength"),
    SchemaCase(#"{"minProperties":1}"#, "{}", " minProperties"),
    SchemaCase(#"{"maxProperties":1}"#, #"{"a":1,"b":2}"#, " maxProperties"),
    // arrays
    SchemaCase(#"{"items":{"type":"integer"}}"#, "[1,2.5,\"x\"]", "/1 type", "/2 type"),
    SchemaCase(#"{"items":false}"#, "[]"),
    SchemaCase(#"{"prefixItems":[{"type":"string"},{"type":"null"}]}"#, #"["a",1,2]"#, "/1 type"),
    SchemaCase(#"{"prefixItems":[true],"items":false}"#, "[1,2]", "/1 false"),
    SchemaCase(#"{"prefixItems":[true,false]}"#, "[1]"),
    SchemaCase(#"{"minItems":1}"#, "[]", " minItems"), SchemaCase(#"{"maxItems":1}"#, "[1,2]", " maxItems"),
    SchemaCase(#"{"uniqueItems":true}"#, "[1,2,1.0]", " uniqueItems"), SchemaCase(#"{"uniqueItems":false}"#, "[1,1]"),
    SchemaCase(#"{"uniqueItems":true}"#, #"[{"a":1,"b":2},{"b":2,"a":1}]"#, " uniqueItems"),
    SchemaCase(#"{"uniqueItems":true}"#, "[1,true,\"1\",[1]]"),
    // combinations
    SchemaCase(#"{"allOf":[{"minimum":2},{"maximum":0}]}"#, "1", " minimum", " maximum"),
    SchemaCase(#"{"anyOf":[{"type":"string"},{"minimum":2}]}"#, "2"),
    SchemaCase(#"{"anyOf":[{"type":"string"},{"minimum":2}]}"#, "1", " anyOf"),
    SchemaCase(#"{"oneOf":[{"minimum":2},{"minimum":5}]}"#, "3"),
    SchemaCase(#"{"oneOf":[{"minimum":2},{"minimum":5}]}"#, "7", " oneOf"),
    SchemaCase(#"{"oneOf":[{"minimum":2},{"minimum":5}]}"#, "1", " oneOf"),
    SchemaCase(#"{"not":{"type":"null"}}"#, "1"),
    SchemaCase(#"{"not":{"type":"null"}}"#, "null", " not"), SchemaCase(#"{"not":{"not":{"type":"null"}}}"#, "null"),
    SchemaCase(#"{"properties":{"a":{"anyOf":[{"required":["b"]}]}}}"#, #"{"a":{}}"#, "/a anyOf"),
    // references
    SchemaCase(##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"null"}}}"##, "1", " type"),
    SchemaCase(##"{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"$ref":"#/$defs/n"},"n":{"type":"null"}}}"##, "1", " type"),
    SchemaCase(
        ##"{"properties":{"next":{"$ref":"#"},"v":{"type":"null"}}}"##, ##"{"next":{"next":{"v":1}}}"##,
        "/next/next/v type"),
    SchemaCase(
        ##"{"$ref":"#/$defs/t","$defs":{"t":{"items":{"$ref":"#/$defs/t"},"type":"array"}}}"##, "[[],[[3]]]",
        "/1/0/0 type"),
    SchemaCase(##"{"$ref":"#/$defs/n","minimum":3,"$defs":{"n":{"type":"integer"}}}"##, "2", " minimum"),
    // annotations say nothing about values
    SchemaCase(
        #"""
        {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","$comment":"c","title":"t","description":"d",
        "default":1,
        "examples":[2],"deprecated":true,"readOnly":true,"writeOnly":false,"x-icon":{"any":"thing"}}
        """#, "[]"),
]

/// Schemas that are refused, and where.
let refusedSchemas: [(schema: String, problems: [String])] = [
    ("3", [" type"]), (#"{"properties":{"a":"string"}}"#, ["/properties/a type"]),
    (#"{"items":[true]}"#, ["/items type"]),
    (#"{"type":"text"}"#, ["/type type"]), (#"{"type":[]}"#, ["/type type"]),
    (#"{"type":["string",3]}"#, ["/type type"]),
    (#"{"enum":[]}"#, ["/enum type"]), (#"{"enum":1}"#, ["/enum type"]), (#"{"minimum":"0"}"#, ["/minimum type"]),
    (#"{"multipleOf":0}"#, ["/multipleOf multipleOf"]), (#"{"multipleOf":-1}"#, ["/multipleOf multipleOf"]),
    (#"{"multipleOf":1.000000000000000000001}"#, ["/multipleOf multipleOf"]),
    (#"{"minLength":-1}"#, ["/minLength type"]),
    (#"{"maxItems":1.5}"#, ["/maxItems type"]), (#"{"uniqueItems":1}"#, ["/uniqueItems type"]),
    (#"{"pattern":"("}"#, ["/pattern pattern"]),
    (#"{"patternProperties":{"[":true}}"#, ["/patternProperties/[ pattern"]),
    (#"{"format":"telephone"}"#, ["/format format"]),
    (#"{"required":"a"}"#, ["/required type"]), (#"{"required":[1]}"#, ["/required type"]),
    (#"{"properties":[]}"#, ["/properties type"]),
    (#"{"allOf":[]}"#, ["/allOf type"]), (#"{"anyOf":[true,7]}"#, ["/anyOf/1 type"]),
    (#"{"title":1}"#, ["/title type"]),
    (#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, ["/$schema $schema"]),
    (#"{"examples":1}"#, ["/examples type"]),
    (#"{"reqired":["a"]}"#, ["/reqired keyword"]), (#"{"properties":{"a":{"if":true}}}"#, ["/properties/a/if keyword"]),
    (##"{"$defs":{"a":{"minimun":1}}}"##, ["/$defs/a/minimun keyword"]), (##"{"$ref":"other.json"}"##, ["/$ref $ref"]),
    (##"{"$ref":"#/$defs/none"}"##, ["/$ref $ref"]),
    (##"{"$ref":"#/properties/a","properties":{"a":true}}"##, ["/$ref $ref"]),
    (##"{"not":{"$defs":{}}}"##, ["/not/$defs $defs"]), (##"{"$ref":"#"}"##, [" $ref"]),
    (##"{"$defs":[]}"##, ["/$defs type"]),
    (##"{"$defs":{"a":{"anyOf":[true,{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}"##, ["/$defs/a $ref"]),
    (#"{"minimum":"a","maximum":"b","reqired":1}"#, ["/minimum type", "/maximum type", "/reqired keyword"]),
]
