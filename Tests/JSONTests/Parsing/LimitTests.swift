import JSON
import Testing

@Suite struct LimitTests {
    private func refusal(_ bytes: [UInt8], _ limits: JSONLimits = .standard) -> JSONParseError.Code? {
        do throws(JSONParseError) {
            _ = try JSONValue(parsing: bytes, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":[", "[[],"])
    func aHundredThousandBracketsAreRefused(opening: String) {
        let bomb = String(repeating: opening, count: 100_000)
        #expect(refusal(Array(bomb.utf8)) == .tooDeep)
    }

    @Test func depthIsAllowedUpToItsLimit() {
        var limits = JSONLimits()
        for depth in [1, 2, 512] {
            limits.depth = depth
            let deepest = [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
            #expect(refusal(deepest, limits) == nil)
            #expect(refusal([0x5B] + deepest + [0x5D], limits) == .tooDeep)
        }
        // Siblings are not depth.
        limits.depth = 2
        #expect(refusal(Array("[[],[],{},[],{}]".utf8), limits) == nil)
    }

    @Test func bytesAreCounted() {
        var limits = JSONLimits()
        limits.bytes = 5
        #expect(refusal(Array("[1,2]".utf8), limits) == nil)
        #expect(refusal(Array("[1,2] ".utf8), limits) == .tooLarge)
    }

    @Test func valuesAreCounted() {
        var limits = JSONLimits()
        limits.values = 4
        #expect(refusal(Array("[1,[2]]".utf8), limits) == nil)
        #expect(refusal(Array("[1,[2,3]]".utf8), limits) == .tooManyValues)
    }

    @Test func theLengthOfNumbersIsCounted() {
        var limits = JSONLimits()
        limits.numberBytes = 25
        #expect(refusal(Array("-0.0000000000000000000001".utf8), limits) == nil)
        #expect(refusal(Array("-0.00000000000000000000001".utf8), limits) == .numberTooLong)
        #expect(refusal(Array("1e999999999".utf8)) == nil)
        #expect(refusal(Array("1e9999999999".utf8)) == .numberTooLong)
    }

    @Test func manyNamesInOneObjectCostNoMoreThanTheirNumber() throws {
        let names = (0..<50_000).map { "\"name \($0)\":\($0)" }
        let object = try JSONValue(parsing: "{" + names.joined(separator: ",") + "}")
        let reversed = try JSONValue(parsing: "{" + names.reversed().joined(separator: ",") + "}")
        #expect(object == reversed)
        #expect(refusal(Array(("{" + names.joined(separator: ",") + ",\"name 7\":0}").utf8)) == .duplicateName)
    }
}
