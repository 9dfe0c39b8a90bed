import JSON
import TestSupport

extension SeededRandom {
    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    /// A document of any shape, with awkward names, strings and numbers in it.
    mutating func document(depth: Int = 5) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(.random(using: &self))
        case 2: return .number(number())
        case 3, 4: return .string(text())
        case 5, 6: return .array((0..<Int.random(in: 0...6, using: &self)).map { _ in document(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...(chance(0.1) ? 40 : 6), using: &self) {
                object[name()] = document(depth: depth - 1)
            }
            return .object(object)
        }
    }

    mutating func text() -> String {
        let pieces = [
            "", "a", "name", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "e\u{301}", "ß", "\u{2028}", "漢",
            "𝄞", "😀", "\u{FEFF}", "\u{E000}", "\u{10FFFF}", " ", "~", "0", "-1",
            "a long run of perfectly plain letters",
        ]
        return (0..<Int.random(in: 0...4, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }

    mutating func name() -> String { chance(0.5) ? "k\(Int.random(in: 0...9, using: &self))" : text() }

    mutating func number() -> JSONNumber {
        let texts = [
            "0", "-0", "1.0", "1e400", "-1E-7", "0.1", "18446744073709551616", "-9223372036854775808", "1e2", "100",
        ]
        switch Int.random(in: 0..<4, using: &self) {
        case 0: return JSONNumber(Int.random(in: -10...10, using: &self))
        case 1: return JSONNumber(Int(truncatingIfNeeded: next()))
        case 2: return JSONNumber(Double(bitPattern: next())) ?? 0.5
        default: return JSONNumber(texts.randomElement(using: &self) ?? "0") ?? 0
        }
    }

    /// A copy with a few changes, so that two documents share most of what they hold.
    mutating func variation(of value: JSONValue) -> JSONValue {
        if chance(0.1) { return document(depth: 2) }
        switch value {
        case .array(let elements): return .array(elements.map { chance(0.2) ? variation(of: $0) : $0 })
        case .object(let object):
            var changed = object
            for (name, member) in object where chance(0.3) {
                changed[name] = chance(0.3) ? nil : variation(of: member)
            }
            if chance(0.3) { changed[name()] = document(depth: 2) }
            return .object(changed)
        default: return value
        }
    }
}
