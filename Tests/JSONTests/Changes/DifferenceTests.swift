import JSON
import TestSupport
import Testing

@Suite struct DifferenceTests {
    private func differences(_ old: JSONValue, _ new: JSONValue) -> [String] {
        old.differences(to: new).map { String(decoding: $0.encoded(), as: UTF8.self) }
    }

    @Test func eachChangeIsNamedAtItsDeepestPlace() {
        #expect(
            differences(
                ["a": 1, "b": ["c": [1, 2, 3], "d/e": .null], "gone": "x"],
                ["b": ["c": [1, 5], "d/e": "set"], "a": 1, "new": ["y": 1]])
                == [
                    #"{"path":"/b/c/1","old":2,"new":5}"#, #"{"path":"/b/c/2","old":3}"#,
                    #"{"path":"/b/d~1e","old":null,"new":"set"}"#, #"{"path":"/gone","old":"x"}"#,
                    #"{"path":"/new","new":{"y":1}}"#,
                ])
    }

    @Test func equalValuesDoNotDiffer() {
        #expect(differences(["a": 1.0, "b": [.null]], ["b": [.null], "a": 1]).isEmpty)
        #expect(differences([1], ["0": 1]) == [#"{"path":"","old":[1],"new":{"0":1}}"#])
        #expect(differences(.null, false) == [#"{"path":"","old":null,"new":false}"#])
    }

    @Test func differencesAreFoundExactlyWhereTheyAre() {
        var random = SeededRandom(seed: 99)
        for _ in 0..<1_000 {
            let old = random.document()
            let new = random.variation(of: old)
            let differences = old.differences(to: new)
            #expect(differences.isEmpty == (old == new))
            for difference in differences {
                #expect(old[difference.path] == difference.old && new[difference.path] == difference.new)
                #expect(difference.old != difference.new)
            }
        }
    }
}
