import JSON
import Testing

@Suite struct ParserTests {
    @Test(arguments: acceptedDocuments)
    func whatIsJSONIsReadAndWrittenBackUnchanged(text: String, written: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value.encoded() == Array(written.utf8))
        #expect(try JSONValue(parsing: written).encoded() == Array(written.utf8))
    }

    @Test(arguments: refusedDocuments)
    func whatIsNotJSONIsRefusedByItsProperName(code: JSONParseError.Code, texts: [String]) {
        for text in texts {
            let error = #expect(throws: JSONParseError.self, "\(text.debugDescription)") {
                try JSONValue(parsing: text)
            }
            #expect(error?.code == code, "\(text.debugDescription): \(String(describing: error))")
        }
    }

    @Test func whatTheStandardLeavesOpenIsDecided() {
        for (claim, bytes, answer) in documentsLeftToTheReader {
            if let answer {
                let error = #expect(throws: JSONParseError.self, "\(claim)") { try JSONValue(parsing: bytes) }
                #expect(error?.code == answer, "\(claim): \(String(describing: error))")
            } else {
                #expect(throws: Never.self, "\(claim)") { try JSONValue(parsing: bytes) }
            }
        }
    }

    @Test func everyBeginningOfADocumentIsRefused() throws {
        let whole = Array(#"{"a":[1.5e3,true,null,"x\u00e9\n"],"b":{"c":false}}"#.utf8)
        _ = try JSONValue(parsing: whole)
        for length in whole.indices {
            #expect(throws: JSONParseError.self) { try JSONValue(parsing: Array(whole[..<length])) }
        }
    }

    @Test(arguments: [
        ("[1,\n 2,\n  x]", 3, 3, 10), ("x", 1, 1, 0), ("{\"é𝄞\": nope}", 1, 9, 12), ("", 1, 1, 0), ("[1", 1, 3, 2),
        ("[\"a\nb\"]", 1, 4, 3), ("{\"a\":1,\n\"a\":2}", 2, 1, 8), ("[1,\r\n02]", 2, 1, 5), ("1 2", 1, 3, 2),
    ])
    func anErrorNamesItsPlace(text: String, line: Int, column: Int, offset: Int) {
        let error = #expect(throws: JSONParseError.self) { try JSONValue(parsing: text) }
        #expect(error.map { [$0.line, $0.column, $0.offset] } == [line, column, offset])
    }

    @Test func anErrorSaysWhatToDo() {
        func message(_ text: String) -> String {
            do throws(JSONParseError) {
                return try JSONValue(parsing: text).description
            } catch {
                return error.description
            }
        }
        #expect(message("{\"a\":1,\"a\":2}") == #"line 1, column 8: the name "a" is already in this object: keep one"#)
        #expect(message("[1;2]") == #"line 1, column 3: a comma or ] should be here, not ";""#)
        #expect(message("[1,é]") == #"line 1, column 4: a value should be here, not "é""#)
        #expect(message("[1,") == "line 1, column 4: the document ends where a value should be")
    }
}
