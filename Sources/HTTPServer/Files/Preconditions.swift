internal import JSON
public import System

/// What a request demands of the present state before it is carried out (RFC 9110, section 13).
///
/// ```swift
/// switch try Preconditions(header: request.header).evaluate(isRead: false, tag: entity.tag) { … }
/// ```
public struct Preconditions: Sendable {
    public enum Outcome: Sendable { case proceed, notModified, failed }

    public var ifMatch: EntityTag.Condition?
    public var ifNoneMatch: EntityTag.Condition?
    public var ifModifiedSince: Timestamp?
    public var ifUnmodifiedSince: Timestamp?

    /// - Parameter header: gives the value of a header, several joined with commas.
    /// - Throws: a 400 for tags that cannot be read, since a write that ignored them would not be protected. Dates
    ///   that cannot be read are ignored, as the standard says.
    public init(header: (String) -> String?) throws(Problem) {
        ifMatch = try Self.condition("If-Match", header)
        ifNoneMatch = try Self.condition("If-None-Match", header)
        ifModifiedSince = header("If-Modified-Since").flatMap { Timestamp(httpDate: $0) }
        ifUnmodifiedSince = header("If-Unmodified-Since").flatMap { Timestamp(httpDate: $0) }
    }

    /// - Parameters:
    ///   - isRead: `GET` or `HEAD`, which can be answered with "not modified".
    ///   - tag: of the present state; `nil` when there is none.
    ///   - modified: when the present state came about, where that is known.
    public func evaluate(isRead: Bool, tag: EntityTag?, modified: Timestamp? = nil) -> Outcome {
        if let ifMatch {
            if !ifMatch.holds(for: tag, by: { $0.isStronglyEqual(to: $1) }) { return .failed }
        } else if let ifUnmodifiedSince, let modified {
            if modified.secondsSinceEpoch > ifUnmodifiedSince.secondsSinceEpoch { return .failed }
        }
        if let ifNoneMatch {
            if ifNoneMatch.holds(for: tag, by: { $0.isWeaklyEqual(to: $1) }) { return isRead ? .notModified : .failed }
        } else if isRead, let ifModifiedSince, let modified {
            if modified.secondsSinceEpoch <= ifModifiedSince.secondsSinceEpoch { return .notModified }
        }
        return .proceed
    }

    private static func condition(
        _ name: String, _ header: (String) -> String?
    ) throws(Problem) -> EntityTag.Condition? {
        guard let text = header(name) else { return nil }
        if let condition = EntityTag.Condition(header: text) { return condition }
        throw .invalidParameters([
            Problem.Field(.header(name), "malformed", "Send the tag as `ETag` gave it, with its quotes, or `*`.")
        ])
    }
}

extension Preconditions {
    /// The answer to a reading request, or 304 where the client has it already.
    ///
    /// - Throws: 412 where `If-Match` names another state.
    public func answer(_ response: Response, tag: EntityTag) throws(Problem) -> Response {
        switch evaluate(isRead: true, tag: tag) {
        case .proceed: return response
        case .notModified: return Response(.notModified, headers: ["ETag": tag.description])
        case .failed: throw .preconditionFailed()
        }
    }
}

extension EntityTag.Condition {
    fileprivate func holds(for tag: EntityTag?, by isEqual: (EntityTag, EntityTag) -> Bool) -> Bool {
        guard let tag else { return false }
        return switch self {
        case .any: true
        case .tags(let tags): tags.contains { isEqual($0, tag) }
        }
    }
}

extension ParameterShape<Preconditions> {
    /// A header by which a request demands something of the present state.
    public enum Demand: String, Sendable { case ifMatch = "If-Match", ifNoneMatch = "If-None-Match" }

    /// What a request demands by these headers, each with what it is for.
    public static func preconditions(_ demands: KeyValuePairs<Demand, String>) -> ParameterShape<Preconditions> {
        let schema: JSONValue = ["type": "string", "pattern": #"^ *([*]|(W/)?"[!#-~]*" *(, *(W/)?"[!#-~]*" *)*) *$"#]
        return ParameterShape(
            demands.map { .init(name: $0.rawValue, place: .header, summary: $1, schema: schema) }
        ) { reader in
            do throws(Problem) {
                return try Preconditions { name in
                    let values = reader.values(name, in: .header)
                    return values.isEmpty ? nil : values.joined(separator: ", ")
                }
            } catch {
                reader.refused += error.fields
                return nil
            }
        }
    }
}
