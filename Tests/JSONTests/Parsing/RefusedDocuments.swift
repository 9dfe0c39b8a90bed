import JSON

/// Texts that are no JSON, and what the refusal calls them.
let refusedDocuments: [JSONParseError.Code: [String]] = [
    .unexpectedEnd: [
        "", " ", "[", "{", "[1", "[1,", "[\"", "[\"a", "\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "[\"\\", "[\"\\u", "[\"\\u00", "tru", "nul", "-", "1.", "1e", "[{", "[1,\n1\n,1",
        "{\"asd\":\"asd\"",
        #"["\\\"]"#, #"["\"]"#,
    ],
    .trailingContent: [
        "[]]", "{}}", "[1]x", "1 2", "{\"a\":true} \"x\"", "[][]", "\"\"x", "{\"a\":\"b\"}#",
        "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}//", "truetrue", "1]", "[]\0",
    ],
    .invalidNumber: [
        "00", "[01]", "[-01]", "[012]", "[00.5]",
    ],
    .unexpectedByte: [
        // Commas, colons and brackets.
        "[1 true]", "[1:2]", "[,]", "[,1]", "[1,]", "[1,,2]", "[1,,]", "[\"\",]", "[1}", "{]", "{\"a\":1]",
        "[\"x\", truth]", "{\"a\"}", "{\"a\" 1}", "{\"a\"::1}", "{:\"b\"}", "{\"a\":1,}", "{\"a\":1,,\"b\":2}",
        "{,}", "{1:1}", "{a:1}", "{'a':0}", "{null:null}", "{[]:1}", "{\"a\":\"b\",{}}", "{\"a\" \"b\"}",
        "{\"a\", \"b\"}", "{\"a\":\"a\" 123}", "{\"a\":\"b\" /**/}", "[3[4]]", "[\"a\"\n4\n,1]", "]", "}", ":",
        ",", "[*]",
        // Words.
        "[nan]", "[NaN]", "[Infinity]", "[-Infinity]", "[True]", "[TRUE]", "[nulL]", "[fals]", "[undefined]",
        "['a']", "[\\u0020\"asd\"]", "&", "<null>", "// a\n1", "/**/1", "\u{A0}1", "\u{2060}[]", "[\u{C}]",
        "[\u{B}]", "å", "\0", "[\0]",
        // Numbers.
        "[+1]", "[++1]", "[.5]", "[-.5]", "[1.]", "[1.e2]", "[1.2.3]", "[1e]", "[1e+]", "[1eE2]", "[1e1.5]",
        "[0e+-1]", "[--1]", "[-]", "[- 1]", "[1 000]", "[0x1]", "[0x]", "[1a]", "[-1x]", "[1_000]", "[1,5.]",
        "[-foo]", "[1+2]", "[\u{FF11}]", "[9.e+]", "[2.e-3]", "[0E]",
    ],
    .invalidEscape: [
        #"["\x00"]"#, #"["\a"]"#, #"["\v"]"#, #"["\'"]"#, #"["\U0041"]"#, #"["\u00g0"]"#, #"["\u 041"]"#,
        #"["\u00A"]"#, #"["\uqqqq"]"#, "[\"\\å\"]", "[\"\\😀\"]",
    ],
    .controlCharacter: [
        "[\"\0\"]", "[\"a\nb\"]", "[\"\t\"]", "[\"\u{1F}\"]", "{\"\n\":1}",
    ],
    .duplicateName: [
        #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"":1,"":2}"#,
        #"[{"a":{"b":1,"b":2}}]"#,
    ],
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
