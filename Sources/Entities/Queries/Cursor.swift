import Cryptography
import JSON

/// Where the next page begins, and at which position of the log the first one was read: so the pages fit together whatever
/// happens meanwhile.
public struct Cursor: Sendable, Hashable {
    /// The mark of the log that the position belongs to; empty in cursors from the time before logs had ids.
    let log: String
    let position: Int
    /// The sort keys of the last entity of the page.
    let keys: [String]
    /// Tells whether the question is the same.
    let question: String

    init(log: String, position: Int, keys: [String], question: String) {
        self.log = log
        self.position = position
        self.keys = keys
        self.question = question
    }

    public init?(_ text: String) {
        guard let bytes = TextCoding.base64URL.decode(text), let json = try? JSONValue(parsing: bytes),
            let position = json["p"]?.integer, position >= 0, let keys = json["k"]?.array?.compactMap(\.string),
            keys.count <= 2 * (ListQuery.sortKeysMax + 1), let question = json["q"]?.string
        else { return nil }
        self.init(log: json["l"]?.string ?? "", position: position, keys: keys, question: question)
    }

    public var text: String {
        let json: JSONValue = [
            "l": .string(log), "p": .integer(position), "k": .array(keys.map { .string($0) }), "q": .string(question),
        ]
        return TextCoding.base64URL.encode(json.encoded())
    }
}
