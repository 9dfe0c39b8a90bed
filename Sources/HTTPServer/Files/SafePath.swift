/// Turns the path of a request into one relative to a folder, or refuses it.
enum SafePath {
    /// - Returns: `nil` for every path that is not plainly the name of a file beneath the folder: `.` and `..`, empty
    ///   and hidden names, and after decoding a slash, backslash or control character within a name.
    static func decode(_ path: String, indexName: String?) -> String? {
        var names: [String] = []
        let encoded = (path.first == "/" ? path.dropFirst() : path[...]).split(
            separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in encoded.enumerated() {
            if segment.isEmpty {
                guard index == encoded.count - 1, let indexName else { return nil }
                names.append(indexName)
                continue
            }
            guard let name = try? PercentCoding.decode(segment), isPlain(name) else { return nil }
            names.append(name)
        }
        return names.joined(separator: "/")
    }

    private static func isPlain(_ name: String) -> Bool {
        name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
    }
}
