/// Names and values as a query, a form or a path gave them, decoded and in their order.
/// Handlers read them by what their route declares: see ``ParameterShape``.
public struct Parameters: Sendable {
    /// How much is taken; more is a problem.
    public struct Limits: Sendable {
        /// Pairs of name and value.
        public var countMax = 100
        public var nameBytesMax = 128
        /// After decoding nothing is longer than before it, so this bounds the encoded and the decoded value.
        public var valueBytesMax = 16 << 10

        public init() {}
    }

    public let pairs: [(name: String, value: String)]

    /// What is behind the `?` of a request's target, still encoded.
    public init(query: some StringProtocol, limits: Limits = Limits()) throws(Problem) {
        let bytes = Array(query.utf8)
        try self.init(encoded: bytes.span, limits: limits)
    }

    /// A body of type `application/x-www-form-urlencoded`.
    public init(form: [UInt8], limits: Limits = Limits()) throws(Problem) {
        try self.init(encoded: form.span, limits: limits)
    }

    /// The segments of a path that stand for parameters, still encoded.
    public init(path segments: [(name: String, value: String)], limits: Limits = Limits()) throws(Problem) {
        var pairs: [(name: String, value: String)] = []
        var refused: [Problem.Field] = []
        for (name, value) in segments {
            let bytes = Array(value.utf8)
            switch Self.decode(bytes.span, of: name, bytesMax: limits.valueBytesMax, plusIsSpace: false) {
            case .success(let value): pairs.append((name, value))
            case .failure(let field): refused.append(field)
            }
        }
        guard refused.isEmpty else { throw .invalidParameters(refused) }
        self.pairs = pairs
    }

    init(pairs: [(name: String, value: String)]) { self.pairs = pairs }

    private init(encoded: Span<UInt8>, limits: Limits) throws(Problem) {
        var pairs: [(name: String, value: String)] = []
        var refused: [Problem.Field] = []
        var start = 0
        while start < encoded.count {
            let end = encoded.firstOffset(of: UInt8(ascii: "&"), from: start) ?? encoded.count
            let pair = encoded.extracting(start..<end)
            start = end + 1
            if pair.isEmpty { continue }
            guard pairs.count + refused.count < limits.countMax else {
                throw .badRequest("Too many parameters. Send at most \(limits.countMax).", code: "too_many_parameters")
            }
            let equals = pair.firstOffset(of: UInt8(ascii: "="), from: 0) ?? pair.count
            let rawName = pair.extracting(..<equals)
            let shownName = Self.shown(rawName)
            guard
                case .success(let name) = Self.decode(
                    rawName, of: shownName, bytesMax: limits.nameBytesMax, plusIsSpace: true)
            else {
                let advice = "This name cannot be read: it is too long or wrongly percent-encoded. Correct it."
                refused.append(Problem.Field(.parameter(shownName), "malformed", advice))
                continue
            }
            let rawValue = pair.extracting(min(equals + 1, pair.count)...)
            switch Self.decode(rawValue, of: name, bytesMax: limits.valueBytesMax, plusIsSpace: true) {
            case .success(let value): pairs.append((name, value))
            case .failure(let field): refused.append(field)
            }
        }
        guard refused.isEmpty else { throw .invalidParameters(refused) }
        self.pairs = pairs
    }

    private enum Decoded {
        case success(String)
        case failure(Problem.Field)
    }

    private static func decode(_ raw: Span<UInt8>, of name: String, bytesMax: Int, plusIsSpace: Bool) -> Decoded {
        guard raw.count <= bytesMax else {
            return .failure(.init(.parameter(name), "too_long", "Use at most \(bytesMax) bytes."))
        }
        do throws(PercentCoding.Failure) {
            return .success(try PercentCoding.decode(raw, plusIsSpace: plusIsSpace))
        } catch {
            return .failure(.init(.parameter(name), "malformed", error.advice))
        }
    }

    /// A name that cannot be decoded, as it came, cut to what a message can bear.
    private static func shown(_ raw: Span<UInt8>) -> String {
        String(decoding: (0..<min(raw.count, 64)).map { raw[$0] }, as: UTF8.self)
    }
}

extension Parameters {
    /// Every value of a name, in order.
    public func values(of name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }
}

extension Span<UInt8> {
    /// Where a byte next stands.
    func firstOffset(of byte: UInt8, from start: Int) -> Int? {
        var at = start
        while at < count {
            if self[at] == byte { return at }
            at += 1
        }
        return nil
    }
}
