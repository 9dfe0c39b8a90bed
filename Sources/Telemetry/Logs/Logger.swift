public import System

/// Writes structured lines: a message for people and fields for machines.
///
/// The message is a fixed sentence; what varies goes into fields, so that lines can be grouped. Secrets are taken out
/// before any sink sees them (see ``Redaction``), and the request and trace of the task are added.
public struct Logger: Sendable {
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// What fields are written as: `["rows": 12, "query": "list characters"]`.
    public typealias Fields = KeyValuePairs<String, any CustomStringConvertible>

    private let module: String
    private let levelMin: Level?
    private let levels: LogLevels
    private let context: [Entry.Field]
    private let clock: any WallClock
    private let sinks: [any LogSink]

    /// - Parameters:
    ///   - module: the part of the program that speaks, such as `http` or `postgres`.
    ///   - levels: from which level on each module is heard.
    ///   - sinks: each takes every line, in this order.
    public init(
        module: String, levels: LogLevels, clock: any WallClock = SystemWallClock(), sinks: [any LogSink]
    ) {
        self.init(module: module, levels: levels, context: [], clock: clock, sinks: sinks)
    }

    /// - Parameter sink: takes each line; it must be quick and may be called from any thread.
    public init(
        module: String, levelMin: Level = .info, clock: any WallClock = SystemWallClock(),
        sink: @escaping @Sendable (Entry) -> Void
    ) {
        self.init(module: module, levels: LogLevels(levelMin), clock: clock, sinks: [ClosureSink(closure: sink)])
    }

    private init(
        module: String, levels: LogLevels, context: [Entry.Field], clock: any WallClock, sinks: [any LogSink]
    ) {
        self.module = module
        levelMin = sinks.isEmpty ? nil : levels.minimum(for: module)
        self.levels = levels
        self.context = context
        self.clock = clock
        self.sinks = sinks
    }

    /// A logger that says nothing, for tests and for defaults.
    public static let silent = Logger(module: "silent", levels: LogLevels(nil), sinks: [])

    /// The same destination, speaking for another module, at that module's level.
    public func named(_ module: String) -> Logger {
        Logger(module: module, levels: levels, context: context, clock: clock, sinks: sinks)
    }

    /// The same logger with fields that stand on every line it writes.
    public func with(_ fields: Fields) -> Logger {
        let context = context + fields.map { Entry.Field($0.key, $0.value) }
        return Logger(module: module, levels: levels, context: context, clock: clock, sinks: sinks)
    }

    /// Whether a line of this level would be written; asks before costly fields are gathered.
    public func isEnabled(_ level: Level) -> Bool { levelMin.map { level >= $0 } ?? false }

    public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.debug, message(), fields())
    }

    public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.info, message(), fields())
    }

    public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.warning, message(), fields())
    }

    public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.error, message(), fields())
    }

    /// Message and fields are worked out only when the level is enabled.
    public func log(_ level: Level, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        guard isEnabled(level) else { return }
        let entry = Entry(
            time: clock.now(), level: level, module: module, message: Redaction.redacted(message()),
            fields: context + fields().map { Entry.Field($0.key, $0.value) }, requestID: Ambient.requestID,
            trace: Ambient.trace)
        for sink in sinks { sink.write(entry) }
    }

    /// Waits until every sink has written what it was given, but no longer than this for each. For shutdown.
    public func flush(atMost limit: Duration = .seconds(2)) {
        for sink in sinks { sink.flush(atMost: limit) }
    }
}
