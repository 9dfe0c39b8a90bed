extension JSONValue {
    /// This value changed by a merge patch (RFC 7396): members of the patch replace ours, null removes, objects merge,
    /// everything else replaces as a whole.
    public func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        let old = object ?? JSONObject()
        let changeIndex = changes.index()
        var merged: [JSONObject.Element] = []
        for (name, value) in old {
            let change = changeIndex[name]
            if change?.isNull == true { continue }
            merged.append((name, change.map(value.merging) ?? value))
        }
        let oldIndex = old.index()
        for (name, change) in changes where !change.isNull && oldIndex[name] == nil {
            merged.append((name, JSONValue.null.merging(change)))
        }
        return .object(JSONObject(distinct: merged))
    }

    /// The smallest merge patch that turns this value into the target, so that `merging` gives what equals it.
    ///
    /// Nil when no merge patch can: in a patch null removes, so an object's member cannot become null by one.
    public func mergePatch(to target: JSONValue) -> JSONValue? {
        guard case .object(let new) = target else { return target }
        guard case .object(let old) = self else { return target.holdsNullMember ? nil : target }
        var patch: [JSONObject.Element] = []
        let newIndex = new.index()
        for (name, _) in old where newIndex[name] == nil {
            patch.append((name, .null))
        }
        let oldIndex = old.index()
        for (name, value) in new {
            let previous = oldIndex[name]
            if previous == value { continue }
            guard !value.isNull, let change = (previous ?? .null).mergePatch(to: value) else { return nil }
            patch.append((name, change))
        }
        return .object(JSONObject(distinct: patch))
    }

    /// Whether an object in here, not counting those in arrays, has a member that is null.
    private var holdsNullMember: Bool {
        guard case .object(let object) = self else { return false }
        return object.contains { $0.value.isNull || $0.value.holdsNullMember }
    }
}
