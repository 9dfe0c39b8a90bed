public import System

extension Logger {
    /// One line before it is written, secrets already taken out.
    public struct Entry: Sendable {
        public let time: Timestamp
        public let level: Level
        public let module: String
        public let message: String
        public let fields: [Field]
        /// The request that the task was working for.
        public let requestID: String?
        /// The span that the task was in.
        public let trace: TraceContext?
    }
}

extension Logger.Entry {
    /// A name and a value that vary from line to line.
    public struct Field: Sendable, Equatable {
        public let name: String
        public let value: String
        /// Whether the value is a number or a truth value, and so stands in JSON without quotes.
        public let isLiteral: Bool

        /// A longer value is cut, so that one line cannot fill the queue.
        static let valueBytesMax = 8 << 10

        init(_ name: String, _ value: any CustomStringConvertible) {
            self.name = name
            let isSecret = Redaction.isSecret(name)
            isLiteral = !isSecret && Self.isLiteral(value)
            if isSecret {
                self.value = Redaction.mark
            } else if isLiteral {
                self.value = value.description
            } else {
                self.value = Redaction.redacted(Self.cut(value.description))
            }
        }

        private static func isLiteral(_ value: any CustomStringConvertible) -> Bool {
            switch value {
            case is Int, is Bool, is Int64, is UInt64, is Int32, is UInt32, is UInt, is UInt16, is UInt8, is Int16: true
            case let number as Double: number.isFinite
            default: false
            }
        }

        private static func cut(_ text: String) -> String {
            guard text.utf8.count > valueBytesMax else { return text }
            return String(decoding: text.utf8.prefix(valueBytesMax), as: UTF8.self) + "… (\(text.utf8.count) bytes)"
        }
    }
}
