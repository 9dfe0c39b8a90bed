/// The names met so far in one object, to refuse a name met twice.
struct SeenNames {
    /// Built once walking would cost more than hashing.
    private var large: Set<MemberName> = []

    /// False when the name is among the members already.
    mutating func insert(_ name: String, after members: [JSONObject.Element]) -> Bool {
        if members.count < MemberIndex.largestWalked {
            for index in members.indices where members[index].key.hasSameBytes(as: name) { return false }
            return true
        }
        if large.isEmpty { large = Set(members.lazy.map { MemberName($0.key) }) }
        return large.insert(MemberName(name)).inserted
    }
}
