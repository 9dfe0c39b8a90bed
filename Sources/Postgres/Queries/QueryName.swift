/// What metrics, logs and errors call a query, such as `entity_by_id`.
///
/// Only a literal makes one, so that the names in the metrics are as many as the source has.
public struct QueryName: ExpressibleByStringLiteral, Hashable, Sendable {
    public let text: String
    public init(stringLiteral text: StaticString) { self.text = text.description }
}
