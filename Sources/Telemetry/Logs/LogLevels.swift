/// From which level on each module is heard, as `LIFEOS_LOG` says it: `info,postgres=debug,http=off`.
///
/// A module without its own level follows the part before its last dot (`postgres.pool` follows `postgres`), then
/// the level for all.
public struct LogLevels: Sendable, Equatable {
    private var standard: Logger.Level?
    private var modules: [String: Logger.Level?] = [:]

    /// One level for all modules; nil for silence.
    public init(_ standard: Logger.Level? = .info) { self.standard = standard }

    /// Reads the configuration string. Empty means `info`; a module named twice keeps the later level.
    public init(parsing text: String) throws(ParseError) {
        self.init()
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
        if parts == [""] { return }
        for part in parts {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(Self.trimmed)
            switch sides.count {
            case 1: standard = try Self.level(sides[0], in: part)
            case 2 where Self.isModule(sides[0]): modules[sides[0]] = .some(try Self.level(sides[1], in: part))
            default: throw ParseError(part: part, reason: "is not of the form module=level")
            }
        }
    }

    /// The level from which on a module is heard; nil when it is silent.
    public func minimum(for module: String) -> Logger.Level? {
        var name = module[...]
        while true {
            if let level = modules[String(name)] { return level }
            guard let dot = name.lastIndex(of: ".") else { return standard }
            name = name[..<dot]
        }
    }

    /// Which part of the configuration string could not be read, and why.
    public struct ParseError: Error, Equatable, CustomStringConvertible {
        public let part: String
        public let reason: String

        public var description: String {
            "'\(part)' \(reason); write for example 'info,postgres=debug,http=warning' "
                + "with the levels debug, info, warning, error or off"
        }
    }

    private static func level(_ name: String, in part: String) throws(ParseError) -> Logger.Level? {
        switch name.lowercased() {
        case "debug": return .debug
        case "info": return .info
        case "warning", "warn": return .warning
        case "error": return .error
        case "off": return nil
        case "": throw ParseError(part: part, reason: "names no level")
        default: throw ParseError(part: part, reason: "names the unknown level '\(name)'")
        }
    }

    private static func isModule(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension Logger.Level: CustomStringConvertible {
    /// The lower-case name, as in configuration and in JSON lines.
    public var description: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }
}
