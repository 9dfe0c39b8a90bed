/// A pattern taken apart: runs of literal bytes, whole segments that are parameters, and a tail at the end.
///
/// Patterns are written by us, so a wrong one stops the program where it is declared.
struct RoutePattern {
    enum Part: Equatable {
        case literal([UInt8])
        case parameter
        case tail
    }

    /// No route needs more, and a fixed number keeps the places found while matching off the heap.
    static let parametersMax = 8

    private(set) var parts: [Part] = []
    private(set) var names: [String] = []

    init(_ pattern: String) {
        precondition(pattern.hasPrefix("/"), "the pattern \(pattern) has to begin with a slash")
        let segments = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var literal: [UInt8] = []
        for (index, segment) in segments.enumerated() {
            literal.append(UInt8(ascii: "/"))
            guard segment.hasPrefix("{") else {
                precondition(!segment.contains("{"), "in \(pattern) a parameter has to be a whole segment")
                literal += segment.utf8
                continue
            }
            precondition(segment.hasSuffix("}"), "in \(pattern) the parameter \(segment) has no closing brace")
            parts.append(.literal(literal))
            literal = []
            let name = segment.dropFirst().dropLast()
            let isTail = name.hasSuffix("...")
            precondition(!isTail || index == segments.count - 1, "in \(pattern) a tail has to stand at the end")
            names.append(String(isTail ? name.dropLast(3) : name))
            parts.append(isTail ? .tail : .parameter)
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        precondition(names.count <= Self.parametersMax, "\(pattern) has more than \(Self.parametersMax) parameters")
        precondition(Set(names).count == names.count, "\(pattern) names a parameter twice")
    }
}
