/// One line of the table: what was measured here, what it is held against, and the ratio that shows it.
struct Comparison: Sendable {
    let name: String
    let unit: String
    /// Medians over the rounds; the peer is absent where a limit in absolute terms is meant.
    let ours: Double
    let peerName: String
    let peer: Double?
    /// The median of the ratios round by round, which holds when the machine's speed drifts between rounds.
    let ratio: Double?
    /// What DESIGN and the issue ask for, as text: `≥ 1.1 ×` or `≤ 30`.
    let aim: Aim

    enum Aim: Sendable {
        case ratioAtLeast(Double)
        case atMost(Double)
        case none

        var description: String {
            switch self {
            case .ratioAtLeast(let ratio): "≥ \(number(ratio)) ×"
            case .atMost(let limit): "≤ \(number(limit))"
            case .none: ""
            }
        }
    }

    var isReached: Bool? {
        switch aim {
        case .ratioAtLeast(let wanted): ratio.map { $0 >= wanted }
        case .atMost(let limit): ours <= limit
        case .none: nil
        }
    }

    /// Measures both sides in turn, `rounds` times each.
    static func alternate(
        _ name: String, unit: String, against peerName: String, aim: Aim, rounds: Int,
        ours measureOurs: () async throws -> Double, peer measurePeer: () async throws -> Double
    ) async throws -> Comparison {
        var ours: [Double] = []
        var peers: [Double] = []
        for _ in 0..<rounds {
            peers.append(try await measurePeer())
            ours.append(try await measureOurs())
        }
        let ratios = zip(ours, peers).map { $0 / $1 }
        return Comparison(
            name: name, unit: unit, ours: median(ours), peerName: peerName, peer: median(peers),
            ratio: median(ratios), aim: aim)
    }

    /// A figure that stands for itself.
    static func absolute(_ name: String, unit: String, aim: Aim, values: [Double]) -> Comparison {
        Comparison(name: name, unit: unit, ours: median(values), peerName: "", peer: nil, ratio: nil, aim: aim)
    }
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1
        ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
}

/// Three digits that matter, with thousands apart, for people.
func number(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if abs(value) >= 1000 {
        let whole = String(Int(value.rounded()))
        var grouped = ""
        for (index, digit) in whole.reversed().enumerated() {
            if index > 0, index % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return String(grouped.reversed())
    }
    let decimals: Double = abs(value) >= 100 ? 1 : abs(value) >= 10 ? 10 : 100
    let rounded = (value * decimals).rounded() / decimals
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
}
