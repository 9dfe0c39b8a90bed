import Catalogue

/// What differs between a table as it was made and as this version would make it, the least first.
enum ProjectionChange: Int, Comparable, Sendable {
    /// Nothing that a row, an index or a writer depends on.
    case none
    /// What no row can show: a field or a type that nothing can have yet.
    case unseen
    /// A plain index came, went or changed.
    case indexes
    /// Some rows would be others. Those that are there still answer every question, as the former version did.
    case rows
    /// The table has other columns, or documents follow from the events in another way: what is there answers nothing.
    case meaning

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension ProjectionRecord {
    /// What has to be done about a table that was made by this record.
    ///
    /// - Parameter log: asked for events only where the answer depends on whether there are any.
    func change(to wanted: ProjectionRecord, _ log: (EventQuestion) throws -> Bool) rethrows -> ProjectionChange {
        if shape != wanted.shape || state == .unbuilt { return .meaning }
        var worst = indexes == wanted.indexes ? ProjectionChange.none : .indexes
        if state == .mixed || rules != wanted.rules { worst = .rows }
        for name in Set(types.keys).union(wanted.types.keys).sorted() where types[name] != wanted.types[name] {
            worst = max(worst, try change(of: name, from: types[name], to: wanted.types[name], log))
            if worst == .meaning { break }
        }
        return worst
    }

    private func change(
        of name: String, from old: TypeTraits?, to new: TypeTraits?, _ log: (EventQuestion) throws -> Bool
    ) rethrows -> ProjectionChange {
        guard try log(EventQuestion(category: name)) else { return .unseen }
        // Rows of a type that is gone are asked for by nobody.
        guard let new else { return .rows }
        // Events that were skipped while nobody knew the type: whatever is decided depends on what they made.
        guard let old, old.reading == new.reading else { return .meaning }
        let verbs = Set(old.effects.keys).union(new.effects.keys).filter { old.effects[$0] != new.effects[$0] }
        if !verbs.isEmpty, try log(EventQuestion(category: name, verbs: verbs.sorted())) { return .meaning }
        if old.nameField != new.nameField { return .rows }
        for field in Set(old.fields.keys).union(new.fields.keys) {
            if old.fields[field] ?? "" == new.fields[field] ?? "" { continue }
            let isNew = old.fields[field] == nil && old.isClosed
            if let seen = fieldsSeen[name], isNew, !seen.contains(field) { continue }
            return .rows
        }
        return .unseen
    }

    /// What is noted once a table is as `wanted` has it, or is written by those who do.
    ///
    /// - Parameter former: what was noted before; nil where nothing was that can be read.
    static func following(
        _ former: ProjectionRecord?, _ wanted: ProjectionRecord, _ log: (EventQuestion) throws -> Bool
    ) rethrows -> ProjectionRecord {
        var next = wanted
        for (name, type) in wanted.types where type.isClosed {
            let fields = Set(type.fields.keys)
            if let seen = former?.fieldsSeen[name] {
                next.fieldsSeen[name] = seen.union(fields)
            } else if try !log(EventQuestion(category: name)) {
                next.fieldsSeen[name] = fields
            }
        }
        return next
    }
}

/// Whether the log has events of a category, or of some of its types.
struct EventQuestion: Hashable {
    let category: String
    /// The last parts of their types; nil for any.
    var verbs: [String]?
}
