import System

/// Puts entities that point to each other into an order in which each comes after those it points to. Pure.
struct ImportOrder {
    /// A part of an entity that points to others and can be written later than the rest.
    enum Part: Hashable {
        case field(String)
        case tags
        case links
    }

    struct Node {
        let id: UUID
        /// What it points to.
        let targets: [Part: Set<UUID>]
        /// One that is best written in one go.
        let isSolid: Bool
    }

    /// The places of the nodes in order, each with the parts that have to wait until all are there.
    private(set) var steps: [(node: Int, waiting: Set<Part>)] = []

    init(_ nodes: [Node]) {
        let places = Dictionary(nodes.enumerated().map { ($1.id, $0) }) { first, _ in first }
        var missing = nodes.map { node in
            Set(node.targets.values.joined().filter { $0 != node.id && places[$0] != nil })
        }
        var dependents: [UUID: [Int]] = [:]
        for (index, targets) in missing.enumerated() {
            for target in targets { dependents[target, default: []].append(index) }
        }
        var ready = nodes.indices.filter { missing[$0].isEmpty }
        var isPlaced = Array(repeating: false, count: nodes.count)
        // Where all that are left wait for each other, one goes first: rather one that can be written bit by bit.
        var candidates = (nodes.indices.filter { !nodes[$0].isSolid } + nodes.indices.filter { nodes[$0].isSolid })[...]
        var next = 0
        while steps.count < nodes.count {
            let index: Int
            if next < ready.count {
                index = ready[next]
                next += 1
            } else {
                guard let candidate = candidates.popFirst() else { break }
                index = candidate
            }
            if isPlaced[index] { continue }
            isPlaced[index] = true
            let absent = missing[index].union([nodes[index].id])
            steps.append((index, Set(nodes[index].targets.filter { !$0.value.isDisjoint(with: absent) }.keys)))
            for dependent in dependents[nodes[index].id] ?? [] {
                missing[dependent].remove(nodes[index].id)
                if missing[dependent].isEmpty, !isPlaced[dependent] { ready.append(dependent) }
            }
        }
    }
}
