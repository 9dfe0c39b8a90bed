/// The `tracestate` header: what other systems want carried along, checked but not read.
public struct TraceState: Sendable, Hashable {
    /// The header's value, without blanks and empty members; empty when there is none.
    public let header: String

    /// None.
    public init() { header = "" }

    /// Checks the header by the grammar of the standard: at most 32 members, no key twice. Nil when it breaks a rule.
    ///
    /// Of a header above 512 bytes only that much is carried on: long members go first, then the last.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.receivedBytesMax else { return nil }
        var members: [(key: Substring, text: Substring)] = []
        for member in text.split(separator: ",", omittingEmptySubsequences: true) {
            let trimmed = Self.trimmed(member)
            if trimmed.isEmpty { continue }
            guard let equals = trimmed.firstIndex(of: "="), Self.isKey(trimmed[..<equals]),
                Self.isValue(trimmed[trimmed.index(after: equals)...]),
                !members.contains(where: { $0.key == trimmed[..<equals] })
            else { return nil }
            members.append((trimmed[..<equals], trimmed))
        }
        guard members.count <= Self.membersMax else { return nil }
        header = Self.fitted(members.map(\.text)).joined(separator: ",")
    }

    static let membersMax = 32
    static let carriedBytesMax = 512
    static let longMemberBytes = 128
    static let receivedBytesMax = 8 << 10

    private static func fitted(_ members: [Substring]) -> [Substring] {
        var members = members
        var bytes = members.reduce(0) { $0 + $1.utf8.count + 1 } - 1
        while bytes > carriedBytesMax {
            let longest = members.lastIndex { $0.utf8.count > longMemberBytes } ?? members.count - 1
            bytes -= members.remove(at: longest).utf8.count + 1
        }
        return members
    }

    private static func trimmed(_ member: Substring) -> Substring {
        var rest = member.drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }

    /// `vendor` or `tenant@vendor`: lower case, digits and `_-*/`.
    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.split(separator: "@", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isName(parts[0], bytesMax: 256, mayBeginWithDigit: false)
        case 2:
            return isName(parts[0], bytesMax: 241, mayBeginWithDigit: true)
                && isName(parts[1], bytesMax: 14, mayBeginWithDigit: false)
        default: return false
        }
    }

    private static func isName(_ name: Substring, bytesMax: Int, mayBeginWithDigit: Bool) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= bytesMax else { return false }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return (letters ~= first || mayBeginWithDigit && digits ~= first)
            && name.utf8.allSatisfy { letters ~= $0 || digits ~= $0 || "_-*/".utf8.contains($0) }
    }

    /// Printable ASCII without comma and equals sign.
    private static func isValue(_ value: Substring) -> Bool {
        1...256 ~= value.utf8.count
            && value.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }
    }
}
