internal import Synchronization
public import System

/// Writes structured lines: a message for people and fields for machines.
///
/// The message is a fixed sentence; what varies goes into fields, so that lines can be grouped.
public struct Logger: Sendable {
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// One line before it is written.
    public struct Entry: Sendable {
        public let time: Timestamp
        public let level: Level
        public let module: String
        public let message: String
        public let fields: [(name: String, value: String)]
    }

    private let module: String
    private let levelMin: Level
    private let clock: any WallClock
    private let sink: @Sendable (Entry) -> Void

    /// - Parameters:
    ///   - module: the part of the program that speaks, such as `http` or `postgres`.
    ///   - sink: takes each line; it must be quick and may be called from any thread.
    public init(
        module: String, levelMin: Level = .info, clock: any WallClock = SystemWallClock(),
        sink: @escaping @Sendable (Entry) -> Void
    ) {
        self.module = module
        self.levelMin = levelMin
        self.clock = clock
        self.sink = sink
    }

    /// A logger that says nothing, for tests and for defaults.
    public static let silent = Logger(module: "silent", levelMin: .error) { _ in }

    /// The same destination, speaking for another module.
    public func named(_ module: String) -> Logger {
        Logger(module: module, levelMin: levelMin, clock: clock, sink: sink)
    }

    public func debug(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, any CustomStringConvertible> = [:]) {
        log(.debug, message, fields)
    }

    public func info(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, any CustomStringConvertible> = [:]) {
        log(.info, message, fields)
    }

    public func warning(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, any CustomStringConvertible> = [:]) {
        log(.warning, message, fields)
    }

    public func error(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, any CustomStringConvertible> = [:]) {
        log(.error, message, fields)
    }

    private func log(
        _ level: Level, _ message: () -> String, _ fields: KeyValuePairs<String, any CustomStringConvertible>
    ) {
        guard level >= levelMin else { return }
        sink(
            Entry(
                time: clock.now(), level: level, module: module, message: message(),
                fields: fields.map { ($0.key, $0.value.description) }))
    }
}
