import JSON
import Replay

extension Cell {
    /// Whether it only says that something is among others.
    var isPresence: Bool {
        switch self {
        case .tag, .link, .existence: true
        case .field, .archived, .favorite: false
        }
    }
}

extension JSONValue {
    func value(at pointer: JSONPointer) -> JSONValue? {
        var value: JSONValue? = self
        for token in pointer.tokens { value = value?[token] }
        // Who took it along stands beside it.
        if pointer.tokens == ["archived"], let with = self["archived_with"] { return ["with": with] }
        return value
    }
}
