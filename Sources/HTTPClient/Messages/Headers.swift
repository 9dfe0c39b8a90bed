extension HTTPClient {
    /// Header fields in the order they were added. Names are compared without regard to case.
    public struct Headers: Sendable, Equatable {
        public struct Field: Sendable, Equatable {
            public let name: String
            public let value: String

            public init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        public private(set) var fields: [Field]

        public init(_ fields: [Field] = []) { self.fields = fields }

        /// The value of the first field of this name. Setting it replaces every field of the name; `nil` removes them.
        public subscript(name: String) -> String? {
            get { fields.first { Self.same($0.name, name) }?.value }
            set {
                fields.removeAll { Self.same($0.name, name) }
                if let newValue { fields.append(Field(name: name, value: newValue)) }
            }
        }

        /// Every value of this name, in order.
        public func all(_ name: String) -> [String] {
            fields.filter { Self.same($0.name, name) }.map(\.value)
        }

        /// Adds a field and keeps the others of its name.
        public mutating func add(_ name: String, _ value: String) {
            fields.append(Field(name: name, value: value))
        }

        mutating func extendLast(by continuation: String) {
            guard let last = fields.popLast() else { return }
            fields.append(Field(name: last.name, value: last.value + " " + continuation))
        }

        /// ASCII letters alone are folded: a header name has no others.
        private static func same(_ left: String, _ right: String) -> Bool {
            func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
            return left.utf8.count == right.utf8.count
                && zip(left.utf8, right.utf8).allSatisfy { folded($0) == folded($1) }
        }
    }
}

extension HTTPClient.Headers: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Field(name: $0.0, value: $0.1) })
    }
}

extension HTTPClient.Headers.Field {
    /// Why it must not be sent: it would end its line and begin another, or contradict what the client itself says.
    var objection: String? {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken) else {
            return "a header name holds letters, digits and !#$%&'*+-.^_`|~ only"
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            return "the value of the header \(name) holds a control character"
        }
        if ["content-length", "transfer-encoding", "connection", "expect"].contains(name.lowercased()) {
            return "the client writes the header \(name) itself; leave it out"
        }
        return nil
    }

    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
