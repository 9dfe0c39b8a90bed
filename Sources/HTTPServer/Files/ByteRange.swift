public import System

/// What a `Range` header asks of content of a known length.
///
/// Only one range is ever served. Whoever asks for several that exist gets the whole content, as the standard allows:
/// many small ranges cost a server far more than the client that asks for them.
public enum ByteRange: Sendable, Equatable {
    /// No range, or one that may be ignored.
    case whole
    case part(Range<Int64>)
    /// None of the bytes exists: answer 416.
    case unsatisfiable

    /// A list longer than this is ignored.
    public static let countMax = 16

    /// - Parameter header: the value of `Range`; malformed ones and units other than bytes are ignored.
    public init(header: String?, length: Int64) {
        guard let header, let specifications = Self.specifications(header) else {
            self = .whole
            return
        }
        let parts = specifications.compactMap { $0.range(within: length) }
        switch parts.count {
        case 0: self = .unsatisfiable
        case 1: self = .part(parts[0])
        default: self = .whole
        }
    }

    /// Whether `If-Range` lets the range count: it names the present state by a strong tag or by its exact date.
    public static func applies(ifRange: String?, tag: EntityTag, modified: Timestamp?) -> Bool {
        guard let ifRange else { return true }
        if let wanted = EntityTag(header: ifRange) { return wanted.isStronglyEqual(to: tag) }
        guard let date = Timestamp(httpDate: ifRange), let modified else { return false }
        return date.secondsSinceEpoch == modified.secondsSinceEpoch
    }

    private enum Specification {
        case from(Int64, through: Int64)
        case last(Int64)

        func range(within length: Int64) -> Range<Int64>? {
            switch self {
            case .from(let first, let last): first < length ? first..<min(last, length - 1) + 1 : nil
            case .last(let count): count > 0 && length > 0 ? max(0, length - count)..<length : nil
            }
        }
    }

    private static func specifications(_ header: String) -> [Specification]? {
        var scanner = HeaderScanner(header)
        guard scanner.token()?.lowercased() == "bytes", scanner.skip("=") else { return nil }
        var specifications: [Specification] = []
        repeat {
            scanner.skipSpace()
            let first = scanner.take(while: isDigit)
            guard scanner.skip("-") else { return nil }
            let last = scanner.take(while: isDigit)
            scanner.skipSpace()
            guard specifications.count < countMax, let specification = specification(first, last) else { return nil }
            specifications.append(specification)
        } while scanner.skip(",")
        return scanner.isAtEnd ? specifications : nil
    }

    private static func specification(_ first: String, _ last: String) -> Specification? {
        if first.isEmpty { return last.isEmpty ? nil : .last(number(last)) }
        let start = number(first)
        let end = last.isEmpty ? .max : number(last)
        return start <= end ? .from(start, through: end) : nil
    }

    /// Numbers beyond 64 bits mean the end all the same.
    private static func number(_ digits: String) -> Int64 { Int64(digits) ?? .max }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}
