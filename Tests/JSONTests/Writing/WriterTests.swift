import JSON
import Testing

@Suite struct WriterTests {
    private struct Tag: JSONEncodable {
        let name: String
        func encode(into writer: inout JSONWriter) { writer.object { $0.field("name", name) } }
    }

    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func anObjectIsWrittenWithoutBuildingAValue() {
        let text = written {
            $0.object {
                $0.field("id", "x\"1")
                $0.field("count", 3)
                $0.field("flag", false)
                $0.field("none", nil as String?)
                $0.field("tags", [Tag(name: "a"), Tag(name: "b")])
                $0.field("mean", JSONNumber(0.25))
                $0.field("lost", JSONNumber(Double.nan))
                $0.field("inner") { $0.object { $0.field("value", ["k": [1]] as JSONValue) } }
                $0.field("empty") { $0.array { _ in } }
                $0.field("places") { $0.array(of: [1, 2, 3]) { $0.write($1 * 10) } }
                $0.field("stored") { $0.verbatim(Array(#"{"as":"is"}"#.utf8)) }
            }
        }
        #expect(
            text == #"{"id":"x\"1","count":3,"flag":false,"none":null,"tags":[{"name":"a"},{"name":"b"}],"mean":0.25,"#
                + #""lost":null,"inner":{"value":{"k":[1]}},"empty":[],"places":[10,20,30],"stored":{"as":"is"}}"#)
        #expect(throws: Never.self) { try JSONValue(parsing: text) }
    }

    @Test func everyScalarIsWrittenSoThatItReadsBack() throws {
        var all = ""
        for codePoint in (0...0x2FF as ClosedRange<UInt32>) {
            all.unicodeScalars.append(try #require(Unicode.Scalar(codePoint)))
        }
        all += "\u{2028}\u{FEFF}𝄞"
        #expect(try JSONValue(parsing: all.encoded()).string == all)
        #expect(
            written { $0.write("\u{0}\u{8}\u{9}\u{A}\u{C}\u{D}\u{1F}\u{7F}/") } == #""\u0000\b\t\n\f\r\u001f"#
                + "\u{7F}/\"")
    }

    @Test func integersAreWrittenInFull() {
        for value in [0, 9, 10, -1, -9, 99, 100, .max, .min] {
            #expect(written { $0.write(value) } == String(value))
        }
        #expect(written { $0.write(UInt64.max) } == "18446744073709551615")
        #expect(written { $0.write(Int32.min) } == "-2147483648")
    }

    @Test func linesFollowEachOtherInOneBuffer() {
        var writer = JSONWriter(appendingTo: Array("first\n".utf8))
        for number in 1...2 {
            writer.object { $0.field("line", number) }
            writer.endLine()
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "first\n{\"line\":1}\n{\"line\":2}\n")
    }

    @Test func anErrorInTheMiddleComesThrough() {
        struct Stop: Error, Equatable {}
        #expect(throws: Stop()) {
            var writer = JSONWriter()
            try writer.object { _ throws(Stop) in throw Stop() }
        }
    }

    @Test func writingWhatIsNoJSONTraps() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.array { $0.field("name", 1) }
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.object { $0.write(1) }
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.write(1)
            writer.write(2)
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.object { $0.field("name") { _ in } }
        }
    }
}
