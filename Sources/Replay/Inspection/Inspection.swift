public import Entities
public import EventLog
public import JSON
import System

/// What the system looked like at a point, beside what it looks like now.
public struct Inspection: Sendable {
    public let point: ResolvedPoint
    public let head: ResolvedPoint
    /// Of the types that there was or is anything of.
    public let types: [TypeRow]
    public let summaries: [Summary]
    /// The last events before the point, the latest first.
    public let last: [AuditEntry]

    public struct TypeRow: Sendable {
        public let type: String
        /// For people, such as `Characters`.
        public let title: String
        public let isSystem: Bool
        public let then: TypeCount
        public let now: TypeCount
    }

    /// What a type's file says should be told of all its entities together.
    public struct Summary: Sendable {
        public let type: String
        public let title: String
        public let rows: [SummaryRow]
    }

    public struct SummaryRow: Sendable {
        /// Nil for entities without a value, and for a sum over all.
        public let group: String?
        /// A number; nil where there was nothing.
        public let then: String?
        public let now: String?
    }
}

extension Inspection: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("position", point.position)
            writer.field("recorded_at", point.recordedAt?.description)
            writer.field("head") { writer in
                writer.object { writer in
                    writer.field("position", head.position)
                    writer.field("recorded_at", head.recordedAt?.description)
                }
            }
            writer.field("types") { writer in
                writer.array(of: types) { writer, row in
                    writer.object { writer in
                        writer.field("type", row.type)
                        writer.field("title", row.title)
                        writer.field("system", row.isSystem)
                        writer.field("then") { Self.encode(row.then, into: &$0) }
                        writer.field("now") { Self.encode(row.now, into: &$0) }
                    }
                }
            }
            writer.field("summaries") { writer in
                writer.array(of: summaries) { writer, summary in
                    writer.object { writer in
                        writer.field("type", summary.type)
                        writer.field("title", summary.title)
                        writer.field("rows") { writer in
                            writer.array(of: summary.rows) { writer, row in
                                writer.object { writer in
                                    writer.field("group", row.group)
                                    writer.field("then", row.then.flatMap { JSONNumber($0) })
                                    writer.field("now", row.now.flatMap { JSONNumber($0) })
                                }
                            }
                        }
                    }
                }
            }
            writer.field("last_events", last)
        }
    }

    private static func encode(_ count: TypeCount, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("alive", count.alive)
            writer.field("archived", count.archived)
        }
    }
}
