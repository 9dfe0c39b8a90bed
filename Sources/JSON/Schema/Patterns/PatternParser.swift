/// What a pattern means.
indirect enum PatternNode {
    case scalars(ScalarSet)
    case start, end
    case sequence([PatternNode])
    case choice([PatternNode])
    case repetition(PatternNode, minimum: Int, maximum: Int?)
}

/// Why a pattern is refused.
struct PatternError: Error {
    let message: String
}

/// Reads the regular part of ECMAScript's expressions: characters, classes, groups, alternatives, quantifiers, anchors.
///
/// Look-around, back-references, word boundaries and Unicode properties are refused: the first two cannot be matched
/// in linear time, the others have not been needed.
struct PatternParser {
    static let groupDepthMost = 32
    static let repetitionMost = 1_000

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try choice()
        guard position == scalars.count else { throw error("a ) without its (") }
        return node
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private func error(_ message: String) -> PatternError {
        PatternError(message: "is a pattern with \(message), at character \(position + 1)")
    }

    private mutating func choice() throws(PatternError) -> PatternNode {
        var choices = [try sequence()]
        while take("|") { choices.append(try sequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            nodes.append(try quantified(try atom()))
        }
        return .sequence(nodes)
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .scalars(ScalarSet.lineEnds.inverted)
        case "[": return .scalars(try characterClass())
        case "(": return try group()
        case "\\": return .scalars(try escape(inClass: false))
        case "*", "+", "?", "{", "}", "]":
            position -= 1
            throw error("a bare \(scalar): put a backslash before it")
        default: return .scalars(ScalarSet(scalar))
        }
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        if take("?"), !take(":") { throw error("a kind of group not known here: use ( or (?:") }
        guard depth < Self.groupDepthMost else { throw error("more than \(Self.groupDepthMost) nested groups") }
        depth += 1
        let node = try choice()
        depth -= 1
        guard take(")") else { throw error("a ( without its )") }
        return node
    }

    private mutating func quantified(_ node: PatternNode) throws(PatternError) -> PatternNode {
        let bounds: (minimum: Int, maximum: Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{": bounds = try braces()
        default: return node
        }
        position += 1
        switch node {
        case .start, .end: throw error("a repeated anchor")
        default: break
        }
        // Whether a quantifier is lazy changes what is captured, not what matches.
        _ = take("?")
        if let next, "*+?{".unicodeScalars.contains(next) { throw error("two quantifiers in a row") }
        return .repetition(node, minimum: bounds.minimum, maximum: bounds.maximum)
    }

    /// `{n}`, `{n,}` or `{n,m}`, up to the closing brace.
    private mutating func braces() throws(PatternError) -> (minimum: Int, maximum: Int?) {
        position += 1
        let minimum = try count()
        var maximum: Int? = minimum
        if take(",") { maximum = next == "}" ? nil : try count() }
        guard next == "}", maximum ?? minimum >= minimum else {
            throw error("a quantifier that is not {n}, {n,} or {n,m}")
        }
        return (minimum, maximum)
    }

    private mutating func count() throws(PatternError) -> Int {
        var count: Int?
        while let digit = next.flatMap({ ScalarSet.digits.contains($0) ? Int($0.value - 0x30) : nil }) {
            count = (count ?? 0) * 10 + digit
            guard count ?? 0 <= Self.repetitionMost else {
                throw error("a repetition of more than \(Self.repetitionMost): use maxLength")
            }
            position += 1
        }
        guard let count else { throw error("a quantifier without its number") }
        return count
    }

    private mutating func characterClass() throws(PatternError) -> ScalarSet {
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            let first = try classMember()
            // A hyphen at the end of a class is itself.
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                ranges += first.ranges
                continue
            }
            position += 1
            let last = try classMember()
            guard let lower = first.only, let upper = last.only, lower <= upper else {
                throw error("a range that is not from one character up to another")
            }
            ranges.append(lower...upper)
        }
        let set = ScalarSet(ranges)
        return isInverted ? set.inverted : set
    }

    private mutating func classMember() throws(PatternError) -> ScalarSet {
        guard let scalar = next else { throw error("a [ without its ]") }
        position += 1
        return scalar == "\\" ? try escape(inClass: true) : ScalarSet(scalar)
    }

    /// What a backslash, already taken, begins.
    private mutating func escape(inClass: Bool) throws(PatternError) -> ScalarSet {
        guard let scalar = next else { throw error("a backslash at its end") }
        position += 1
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "t": return ScalarSet("\t")
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "f": return ScalarSet("\u{C}")
        case "v": return ScalarSet("\u{B}")
        case "x": return ScalarSet(try hexadecimal(digits: 2...2))
        case "u":
            guard take("{") else { return ScalarSet(try hexadecimal(digits: 4...4)) }
            let scalar = try hexadecimal(digits: 1...6)
            guard take("}") else { throw error("\\u{ without its }") }
            return ScalarSet(scalar)
        case let scalar where "^$\\.*+?()[]{}|/".unicodeScalars.contains(scalar) || inClass && scalar == "-":
            return ScalarSet(scalar)
        default:
            throw error("the escape \\\(scalar), which is not known here")
        }
    }

    private mutating func hexadecimal(digits: ClosedRange<Int>) throws(PatternError) -> Unicode.Scalar {
        var value: UInt32 = 0
        var count = 0
        while count < digits.upperBound, let digit = next.flatMap({ Character($0).hexDigitValue }),
            next?.isASCII == true
        {
            value = value << 4 | UInt32(digit)
            count += 1
            position += 1
        }
        guard digits.contains(count), let scalar = Unicode.Scalar(value) else {
            throw error("an escape that is not a character")
        }
        return scalar
    }
}

extension ScalarSet {
    /// The one scalar of a set of one.
    fileprivate var only: UInt32? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }
}
