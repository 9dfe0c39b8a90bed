import JSON

/// The comparisons as a table for people or a document for machines.
struct Table {
    let rows: [Comparison]

    var text: String {
        let head = ["what", "Life-OS", "against", "peer", "ratio", "aim", ""]
        let lines = rows.map { row in
            [
                row.name, "\(number(row.ours)) \(row.unit)", row.peerName, row.peer.map(number) ?? "",
                row.ratio.map { "\(number($0)) ×" } ?? "", row.aim.description,
                row.isReached.map { $0 ? "reached" : "missed" } ?? "",
            ]
        }
        let widths = head.indices.map { column in ([head] + lines).map { $0[column].count }.max() ?? 0 }
        return ([head] + lines).map { cells in
            zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

extension Table {
    /// One object a row, for tracking.
    var json: String {
        var writer = JSONWriter()
        writer.array(of: rows) { writer, row in
            writer.object {
                $0.field("what", row.name)
                $0.field("unit", row.unit)
                $0.field("value", JSONNumber(row.ours))
                if let peer = row.peer {
                    $0.field("against", row.peerName)
                    $0.field("peer", JSONNumber(peer))
                }
                if let ratio = row.ratio { $0.field("ratio", JSONNumber(ratio)) }
                if let isReached = row.isReached { $0.field("reached", isReached) }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
