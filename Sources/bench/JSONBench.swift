import JSON

/// Microseconds a kilobyte for reading and writing one entity (about 1 KB) and a list of them (about 100 KB).
func measureJSON() -> [(name: String, microsecondsPerKilobyte: Double)] {
    let entity = exampleEntity(0)
    let list: JSONValue = [
        "items": .array((0..<100).map(exampleEntity)), "total": 100, "next_cursor": .null, "position": 48_211,
    ]
    var rows: [(name: String, microsecondsPerKilobyte: Double)] = []
    for (name, value) in [("entity", entity), ("list", list)] {
        let bytes = value.encoded()
        let kilobytes = Double(bytes.count) / 1_024
        let rounds = max(20, Int(4_000 / kilobytes))
        rows.append(
            ("JSON parse \(name)", bestMicroseconds(rounds) { (try? JSONValue(parsing: bytes)) != nil } / kilobytes))
        rows.append(("JSON encode \(name)", bestMicroseconds(rounds) { !value.encoded().isEmpty } / kilobytes))
        rows.append(
            ("JSON canonical \(name)", bestMicroseconds(rounds) { !value.canonicalBytes.isEmpty } / kilobytes))
    }
    return rows
}

/// What an answer about one character looks like.
private func exampleEntity(_ number: Int) -> JSONValue {
    [
        "id": "0197a1b2-7c3d-7000-8000-0000000\(10_000 + number)", "type": "character", "version": 3,
        "position": .integer(48_000 + number), "created_at": "2026-11-21T06:10:34.512345Z",
        "updated_at": "2026-11-21T07:45:01.000112Z", "archived": false, "favorite": true,
        "tags": ["protagonist", "volume-2", "søvnløs"],
        "data": [
            "name": "Ingrid Nattergal", "age": 34, "height_metres": 1.72, "score": 0.8437219,
            "biography": """
            Grew up above a clockmaker's shop in Bergen, learned three languages from its customers, and keeps a \
            "ledger of small debts" that nobody else has ever read.\nLeft for Lisbon at nineteen; came back with a \
            limp, a violin, and no explanation of either.
            """,
            "appearance": ["hair": "auburn", "eyes": "grey", "clothing": ["coat": "navy wool", "boots": .null]],
            "relations": [
                ["kind": "sister", "to": "0197a1b2-7c3d-7000-8000-00000000a001", "since": 1998],
                ["kind": "rival", "to": "0197a1b2-7c3d-7000-8000-00000000a002", "since": 2017],
            ],
        ],
    ]
}

/// The best of ten runs: on a shared machine the rest measures the neighbours.
private func bestMicroseconds(_ rounds: Int, _ body: () -> Bool) -> Double {
    var best = Double.infinity
    for _ in 0..<10 {
        let start = ContinuousClock.now
        for _ in 0..<rounds { precondition(body()) }
        let elapsed = ContinuousClock.now - start
        best = min(best, elapsed / .microseconds(1) / Double(rounds))
    }
    return best
}
