public import JSON
public import System

/// A value that a command prints: in one form for people, in another for machines.
public enum Cell: Sendable, Equatable {
    case text(String)
    /// A name or id that people copy, and so is never cut.
    case identifier(String)
    case number(Int)
    /// With this many decimals for people; machines get all.
    case decimal(Double, digits: Int = 2)
    /// A number of bytes; name its column `…_bytes`.
    case size(Int)
    /// A span of time, in seconds for machines; name its column `…_seconds`.
    case duration(Duration)
    case time(Timestamp)
    case flag(Bool)
    case status(Status)
    case nothing

    /// How well something is.
    public enum Status: String, Sendable, CaseIterable { case ok, warning, failed, unknown }
}

extension Cell: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    public init(nilLiteral: ()) { self = .nothing }

    /// The text, or nothing.
    public init(_ text: String?) { self = text.map(Cell.text) ?? .nothing }

    /// The identifier, or nothing.
    public init(identifier: String?) { self = identifier.map(Cell.identifier) ?? .nothing }
}

extension Cell {
    /// As people read it, without colour.
    var shown: String {
        switch self {
        case .text(let text), .identifier(let text): DisplayText.clean(text)
        case .number(let number): Quantity.grouped(number)
        case .decimal(let number, let digits): Quantity.decimal(number, digits: digits)
        case .size(let bytes): Quantity.size(bytes)
        case .duration(let duration): Quantity.duration(duration)
        case .time(let time): time.seconds
        case .flag(let flag): flag ? "yes" : "no"
        case .status(let status): status.rawValue
        case .nothing: "-"
        }
    }

    /// Numbers end at the same column, so that their sizes can be compared at a glance.
    var side: DisplayText.Side {
        switch self {
        case .number, .decimal, .size, .duration: .right
        case .text, .identifier, .time, .flag, .status, .nothing: .left
        }
    }

    /// Whether a narrow terminal may cut it: half a sentence still says something, half a number or id is wrong.
    var mayBeCut: Bool { if case .text = self { true } else { false } }

    func coloured(_ padded: String, _ style: Style) -> String {
        switch self {
        case .status(.ok): style.green(padded)
        case .status(.warning): style.yellow(padded)
        case .status(.failed): style.red(padded)
        case .status(.unknown), .nothing: style.dim(padded)
        default: padded
        }
    }
}

extension Cell: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        switch self {
        case .text(let text), .identifier(let text): writer.write(text)
        case .number(let number), .size(let number): writer.write(number)
        case .decimal(let number, _): writer.write(JSONNumber(number).map(JSONValue.number) ?? .null)
        case .duration(let duration): writer.write(JSONNumber(duration.inSeconds).map(JSONValue.number) ?? .null)
        case .time(let time): writer.write(time.description)
        case .flag(let flag): writer.write(flag)
        case .status(let status): writer.write(status.rawValue)
        case .nothing: writer.write(JSONValue.null)
        }
    }
}
