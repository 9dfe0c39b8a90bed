extension ConnectionConfiguration {
    /// The same server and user, but another database of it.
    public func inDatabase(_ name: String) throws(PostgresError) -> ConnectionConfiguration {
        var other = self
        let words = try parsed().filter { $0.keyword != "dbname" } + [("dbname", name)]
        other.connection = words.map { "\($0.keyword)=\(Self.quoted($0.value))" }.joined(separator: " ")
        return other
    }

    /// A value as it stands among keywords.
    private static func quoted(_ value: String) -> String {
        "'" + String(value.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }) + "'"
    }
}
