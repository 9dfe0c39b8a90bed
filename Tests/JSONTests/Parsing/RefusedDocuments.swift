import JSON

/// Texts that are no JSON, and what the refusal calls them.
let refusedDocuments: [(text: String, code: JSONParseError.Code)] = [
    // Nothing, or too little.
    ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd), ("[1", .unexpectedEnd),
    ("[1,", .unexpectedEnd), ("[\"", .unexpectedEnd), ("[\"a", .unexpectedEnd), ("\"", .unexpectedEnd),
    ("{\"a", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd), ("{\"a\":1", .unexpectedEnd),
    ("{\"a\":1,", .unexpectedEnd), ("[\"\\", .unexpectedEnd), ("[\"\\u", .unexpectedEnd), ("[\"\\u00", .unexpectedEnd),
    ("tru", .unexpectedEnd), ("nul", .unexpectedEnd), ("-", .unexpectedEnd), ("1.", .unexpectedEnd),
    ("1e", .unexpectedEnd),
    ("[{", .unexpectedEnd), ("[1,\n1\n,1", .unexpectedEnd), ("{\"asd\":\"asd\"", .unexpectedEnd),
    // Too much.
    ("[]]", .trailingContent), ("{}}", .trailingContent), ("[1]x", .trailingContent), ("1 2", .trailingContent),
    ("{\"a\":true} \"x\"", .trailingContent), ("[][]", .trailingContent), ("\"\"x", .trailingContent),
    ("{\"a\":\"b\"}#", .trailingContent), ("{\"a\":\"b\"}/**/", .trailingContent),
    ("{\"a\":\"b\"}//", .trailingContent),
    ("truetrue", .trailingContent), ("1]", .trailingContent), ("00", .invalidNumber), ("[]\0", .trailingContent),
    // Commas, colons and brackets.
    ("[1 true]", .unexpectedByte), ("[1:2]", .unexpectedByte), ("[,]", .unexpectedByte), ("[,1]", .unexpectedByte),
    ("[1,]", .unexpectedByte), ("[1,,2]", .unexpectedByte), ("[1,,]", .unexpectedByte), ("[\"\",]", .unexpectedByte),
    ("[1}", .unexpectedByte), ("{]", .unexpectedByte), ("{\"a\":1]", .unexpectedByte),
    ("[\"x\", truth]", .unexpectedByte),
    ("{\"a\"}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("{\"a\"::1}", .unexpectedByte),
    ("{:\"b\"}", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte), ("{\"a\":1,,\"b\":2}", .unexpectedByte),
    ("{,}", .unexpectedByte), ("{1:1}", .unexpectedByte), ("{a:1}", .unexpectedByte), ("{'a':0}", .unexpectedByte),
    ("{null:null}", .unexpectedByte), ("{[]:1}", .unexpectedByte), ("{\"a\":\"b\",{}}", .unexpectedByte),
    ("{\"a\" \"b\"}", .unexpectedByte), ("{\"a\", \"b\"}", .unexpectedByte), ("{\"a\":\"a\" 123}", .unexpectedByte),
    ("{\"a\":\"b\" /**/}", .unexpectedByte), ("[3[4]]", .unexpectedByte), ("[\"a\"\n4\n,1]", .unexpectedByte),
    ("]", .unexpectedByte), ("}", .unexpectedByte), (":", .unexpectedByte), (",", .unexpectedByte),
    ("[*]", .unexpectedByte),
    // Words.
    ("[nan]", .unexpectedByte), ("[NaN]", .unexpectedByte), ("[Infinity]", .unexpectedByte),
    ("[-Infinity]", .unexpectedByte),
    ("[True]", .unexpectedByte), ("[TRUE]", .unexpectedByte), ("[nulL]", .unexpectedByte), ("[fals]", .unexpectedByte),
    ("[undefined]", .unexpectedByte), ("['a']", .unexpectedByte), ("[\\u0020\"asd\"]", .unexpectedByte),
    ("&", .unexpectedByte),
    ("<null>", .unexpectedByte), ("// a\n1", .unexpectedByte), ("/**/1", .unexpectedByte), ("\u{A0}1", .unexpectedByte),
    ("\u{2060}[]", .unexpectedByte), ("[\u{C}]", .unexpectedByte), ("[\u{B}]", .unexpectedByte), ("å", .unexpectedByte),
    ("\0", .unexpectedByte), ("[\0]", .unexpectedByte),
    // Numbers.
    ("[01]", .invalidNumber), ("[-01]", .invalidNumber), ("[012]", .invalidNumber), ("[00.5]", .invalidNumber),
    ("[+1]", .unexpectedByte), ("[++1]", .unexpectedByte), ("[.5]", .unexpectedByte), ("[-.5]", .unexpectedByte),
    ("[1.]", .unexpectedByte), ("[1.e2]", .unexpectedByte), ("[1.2.3]", .unexpectedByte), ("[1e]", .unexpectedByte),
    ("[1e+]", .unexpectedByte), ("[1eE2]", .unexpectedByte), ("[1e1.5]", .unexpectedByte), ("[0e+-1]", .unexpectedByte),
    ("[--1]", .unexpectedByte), ("[-]", .unexpectedByte), ("[- 1]", .unexpectedByte), ("[1 000]", .unexpectedByte),
    ("[0x1]", .unexpectedByte), ("[0x]", .unexpectedByte), ("[1a]", .unexpectedByte), ("[-1x]", .unexpectedByte),
    ("[1_000]", .unexpectedByte), ("[1,5.]", .unexpectedByte), ("[-foo]", .unexpectedByte), ("[1+2]", .unexpectedByte),
    ("[\u{FF11}]", .unexpectedByte), ("[9.e+]", .unexpectedByte), ("[2.e-3]", .unexpectedByte),
    ("[0E]", .unexpectedByte),
    // Escapes.
    (#"["\x00"]"#, .invalidEscape), (#"["\a"]"#, .invalidEscape), (#"["\v"]"#, .invalidEscape),
    (#"["\'"]"#, .invalidEscape),
    (#"["\U0041"]"#, .invalidEscape), (#"["\u00g0"]"#, .invalidEscape), (#"["\u 041"]"#, .invalidEscape),
    (#"["\u00A"]"#, .invalidEscape), (#"["\uqqqq"]"#, .invalidEscape), ("[\"\\å\"]", .invalidEscape),
    (#"["\\\"]"#, .unexpectedEnd), (#"["\"]"#, .unexpectedEnd), ("[\"\\😀\"]", .invalidEscape),
    // Control characters.
    ("[\"\0\"]", .controlCharacter), ("[\"a\nb\"]", .controlCharacter), ("[\"\t\"]", .controlCharacter),
    ("[\"\u{1F}\"]", .controlCharacter), ("{\"\n\":1}", .controlCharacter),
    // Names given twice, in any spelling of the same characters.
    (#"{"a":1,"a":1}"#, .duplicateName), (#"{"a":1,"b":2,"a":3}"#, .duplicateName),
    (#"{"a":1,"\u0061":2}"#, .duplicateName),
    (#"{"":1,"":2}"#, .duplicateName), (#"[{"a":{"b":1,"b":2}}]"#, .duplicateName),
]

/// What RFC 8259 leaves to each reader, and what this one does: when in doubt, it refuses.
let documentsLeftToTheReader: [(claim: String, bytes: [UInt8], answer: JSONParseError.Code?)] = [
    ("a number beyond Double is kept", Array("[123.456e78901]".utf8), nil),
    ("a number below Double is kept", Array("[123e-10000000]".utf8), nil),
    ("a huge whole number is kept", Array("[100000000000000000000000000000]".utf8), nil),
    ("an exponent that cannot be reckoned with is refused", Array("[0.4e00669999999999]".utf8), .numberTooLong),
    ("an upper surrogate alone", Array(#"["\uDADA"]"#.utf8), .invalidEscape),
    ("a lower surrogate alone", Array(#"["\uDC00"]"#.utf8), .invalidEscape),
    ("two upper surrogates", Array(#"["\uD800\uD800"]"#.utf8), .invalidEscape),
    ("surrogates in reverse", Array(#"["\uDd1e\uD834"]"#.utf8), .invalidEscape),
    ("an upper surrogate, then a letter", Array(#"["\uD800a"]"#.utf8), .invalidEscape),
    ("an upper surrogate, then another escape", Array(#"["\uD800\n"]"#.utf8), .invalidEscape),
    ("half of the second half", Array(#"["\uD800\u1"]"#.utf8), .invalidEscape),
    ("a byte order mark", [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], .byteOrderMark),
    ("UTF-16, little end first", [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], .invalidUTF8),
    ("UTF-16 without a mark", [0x5B, 0x00, 0x5D, 0x00], .unexpectedByte),
    ("an overlong slash", [0x22, 0xC0, 0xAF, 0x22], .invalidUTF8),
    ("an overlong slash of six bytes", [0x22, 0xFC, 0x80, 0x80, 0x80, 0x80, 0xAF, 0x22], .invalidUTF8),
    ("a surrogate in UTF-8", [0x22, 0xED, 0xA0, 0x80, 0x22], .invalidUTF8),
    ("a character past the last", [0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22], .invalidUTF8),
    ("a continuation byte alone", [0x22, 0x81, 0x22], .invalidUTF8),
    ("a character cut short", [0x22, 0xE0, 0xFF, 0x22], .invalidUTF8),
    ("ISO Latin 1", [0x22, 0xE9, 0x22], .invalidUTF8),
    ("bad bytes outside a string", [0x5B, 0xFF, 0x5D], .invalidUTF8),
    ("bad bytes at the very end", [0x5B, 0x5D, 0xE5], .invalidUTF8),
    ("a hundred levels", Array((String(repeating: "[", count: 100) + String(repeating: "]", count: 100)).utf8), nil),
    (
        "five hundred levels", Array((String(repeating: "[", count: 500) + String(repeating: "]", count: 500)).utf8),
        .tooDeep
    ),
]
