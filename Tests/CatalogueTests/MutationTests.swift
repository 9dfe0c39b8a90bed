import Catalogue
import JSON
import System
import TestSupport
import Testing

/// Files are written by people and by programs, so any file at all must come to an answer.
@Suite struct MutationTests {
    @Test func aDamagedFileLoadsOrIsRefusedWithAPlaceInIt() throws {
        var random = SeededRandom.forTest()
        let files = try ShippedFilesTests.files() + Sample.documents()
        for _ in 0..<600 {
            let file = try #require(files.randomElement(using: &random))
            let bytes = random.mutation(of: file.bytes)
            let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
            for problem in Sample.problems([(file.file, bytes)]) {
                #expect(!problem.message.isEmpty)
                if let line = problem.line { #expect((1...lines).contains(line), "\(problem)") }
            }
        }
    }

    @Test func aFileOfNothingButMistakesIsSoonRefused() {
        let fields = (0..<5_000).map { #""Field\#($0)": {"tpye": "x"}"# }.joined(separator: ",\n")
        let text = #"{"type": "huge", "schema": {"properties": {\#(fields)}}}"#
        let problems = Sample.problems([("huge.json", Array(text.utf8))])
        #expect((1...100).contains(problems.count))
    }
}

extension SeededRandom {
    /// The bytes with a few of them changed, or the document with a few of its values changed.
    fileprivate mutating func mutation(of bytes: [UInt8]) -> [UInt8] {
        if Int.random(in: 0..<4, using: &self) == 0 {
            var bytes = bytes
            for _ in 0..<Int.random(in: 1...4, using: &self) {
                let place = Int.random(in: 0..<bytes.count, using: &self)
                switch Int.random(in: 0..<3, using: &self) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &self)], at: place)
                }
            }
            return bytes
        }
        guard let document = try? JSONValue(parsing: bytes) else { return bytes }
        return mutation(of: document, chance: Double.random(in: 0.005...0.1, using: &self)).encoded()
    }

    private mutating func mutation(of value: JSONValue, chance: Double) -> JSONValue {
        if Double.random(in: 0..<1, using: &self) < chance / 4 { return junk() }
        switch value {
        case .array(let elements): return .array(elements.map { mutation(of: $0, chance: chance) })
        case .object(let object):
            var mutated = JSONObject()
            for (name, member) in object {
                let isHit = Double.random(in: 0..<1, using: &self) < chance
                if isHit, Bool.random(using: &self) { continue }
                mutated[isHit ? junk().string ?? "\(name)x" : name] = mutation(of: member, chance: chance)
            }
            return .object(mutated)
        default: return value
        }
    }

    private mutating func junk() -> JSONValue {
        let choices: [JSONValue] = [
            .null, true, 0, -1, 99_999_999_999, 1.5, "", "*", "x-references", "{", "{name", "name", "😀\n", "create", [],
            ["*"], ["name", 1], [:], ["from": 1], ["type": "object", "properties": ["a": ["$ref": "#"]]],
            ["rename": ["from": "a", "to": "b"]], ["items": ["items": ["x-references": ["*"]]]],
        ]
        return choices.randomElement(using: &self) ?? .null
    }
}
