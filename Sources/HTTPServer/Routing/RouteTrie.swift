/// Finds the routes of a path: a trie over bytes, flat in memory, that is never changed once built.
struct RouteTrie: Sendable {
    /// Where the values of parameters are in the path.
    struct Places: Sendable {
        private var ranges = InlineArray<8, Extent>(repeating: Extent())
        private(set) var count = 0

        subscript(index: Int) -> Extent { ranges[index] }

        mutating func push(_ range: Extent) {
            ranges[count] = range
            count += 1
        }

        mutating func pop() { count -= 1 }
    }

    /// Children of a node lie side by side.
    private struct Node {
        var prefix = Extent()
        var firstByte: UInt8 = 0
        var children = Extent()
        var parameter: Int32 = -1
        var tail: Int32 = -1
        var leaf: Int32 = -1
    }

    private var nodes: [Node] = []
    private var prefixes: [UInt8] = []

    /// - Parameter patterns: each with the number of the leaf it leads to.
    init(_ patterns: [(pattern: RoutePattern, leaf: Int)]) {
        let root = RouteTrieDraft(prefix: [])
        for (pattern, leaf) in patterns { root.insert(pattern, leaf: leaf) }
        nodes = [Node()]
        place(root, at: 0)
    }

    private mutating func place(_ draft: RouteTrieDraft, at index: Int) {
        var node = Node()
        node.prefix = Extent(start: prefixes.count, count: draft.prefix.count)
        node.firstByte = draft.prefix.first ?? 0
        prefixes += draft.prefix
        node.leaf = Int32(draft.leaf ?? -1)
        node.tail = Int32(draft.tail ?? -1)
        node.children = Extent(start: nodes.count, count: draft.children.count)
        nodes += draft.children.map { _ in Node() }
        if let parameter = draft.parameter {
            node.parameter = Int32(nodes.count)
            nodes.append(Node())
            place(parameter, at: Int(node.parameter))
        }
        nodes[index] = node
        for (offset, child) in draft.children.enumerated() { place(child, at: node.children.start + offset) }
    }

    /// The leaf for a path, and where its parameters are.
    ///
    /// Every node is visited at most once, because the way to it decides where in the path it stands.
    func find(_ path: UnsafeBufferPointer<UInt8>, _ places: inout Places) -> Int? {
        unsafe find(path, at: 0, node: 0, &places)
    }

    private func find(
        _ path: UnsafeBufferPointer<UInt8>, at position: Int, node index: Int, _ places: inout Places
    ) -> Int? {
        let node = nodes[index]
        if position == path.count, node.leaf >= 0 { return Int(node.leaf) }
        if position < path.count {
            let byte = unsafe path[position]
            for child in node.children.start..<node.children.end where nodes[child].firstByte == byte {
                let prefix = nodes[child].prefix
                if unsafe hasPrefix(prefix, path, at: position),
                    let leaf = unsafe find(path, at: position + prefix.count, node: child, &places)
                {
                    return leaf
                }
            }
            if node.parameter >= 0 {
                var end = position
                while end < path.count, unsafe path[end] != UInt8(ascii: "/") { end += 1 }
                if end > position {
                    places.push(Extent(start: position, count: end - position))
                    if let leaf = unsafe find(path, at: end, node: Int(node.parameter), &places) { return leaf }
                    places.pop()
                }
            }
        }
        guard node.tail >= 0 else { return nil }
        places.push(Extent(start: position, count: path.count - position))
        return Int(node.tail)
    }

    private func hasPrefix(_ prefix: Extent, _ path: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        guard path.count - position >= prefix.count else { return false }
        for offset in 0..<prefix.count where unsafe prefixes[prefix.start + offset] != path[position + offset] {
            return false
        }
        return true
    }
}

/// The trie while it grows.
final class RouteTrieDraft {
    var prefix: [UInt8]
    var children: [RouteTrieDraft] = []
    var parameter: RouteTrieDraft?
    var tail: Int?
    var leaf: Int?

    init(prefix: [UInt8]) { self.prefix = prefix }

    func insert(_ pattern: RoutePattern, leaf: Int) {
        var node = self
        for part in pattern.parts {
            switch part {
            case .literal(let bytes): node = node.descend(bytes[...])
            case .parameter:
                let next = node.parameter ?? RouteTrieDraft(prefix: [])
                node.parameter = next
                node = next
            case .tail:
                node.tail = leaf
                return
            }
        }
        node.leaf = leaf
    }

    private func descend(_ bytes: ArraySlice<UInt8>) -> RouteTrieDraft {
        guard let first = bytes.first else { return self }
        guard let index = children.firstIndex(where: { $0.prefix.first == first }) else {
            let child = RouteTrieDraft(prefix: Array(bytes))
            children.append(child)
            return child
        }
        let child = children[index]
        let common = zip(child.prefix, bytes).prefix { $0 == $1 }.count
        guard common < child.prefix.count else { return child.descend(bytes.dropFirst(common)) }
        let fork = RouteTrieDraft(prefix: Array(child.prefix[..<common]))
        child.prefix.removeFirst(common)
        fork.children = [child]
        children[index] = fork
        return fork.descend(bytes.dropFirst(common))
    }
}
