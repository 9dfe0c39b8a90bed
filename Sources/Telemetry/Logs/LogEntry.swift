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
        /// Whether the value is a number or a truth value, and so is in JSON without quotes.
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

        /// Compares types instead of casting: a cast costs ten times as much, for every field of every line.
        private static func isLiteral(_ value: any CustomStringConvertible) -> Bool {
            let type: Any.Type = Swift.type(of: value)
            if type == String.self { return false }
            if type == Double.self { return (value as? Double)?.isFinite ?? false }
            return literals.contains(ObjectIdentifier(type))
        }

        private static let literals: Set<ObjectIdentifier> = Set(
            [
                Int.self, Int64.self, Int32.self, Int16.self, Int8.self, UInt.self, UInt64.self, UInt32.self,
                UInt16.self,
                UInt8.self, Bool.self,
            ].map { (type: Any.Type) in ObjectIdentifier(type) })

        private static func cut(_ text: String) -> String {
            guard text.utf8.count > valueBytesMax else { return text }
            return String(decoding: text.utf8.prefix(valueBytesMax), as: UTF8.self) + "… (\(text.utf8.count) bytes)"
        }
    }
}
