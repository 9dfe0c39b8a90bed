internal import System

/// Who may have a connection: in order for each origin, in turns between origins, within both limits.
///
/// Known to it are only numbers, so that it can be tested by itself.
struct Admission {
    private struct Line {
        var waiting = Queue<UInt64>()
        var waitingCount = 0
        var admitted = 0
        var isInTurn = false
    }

    let totalMax: Int
    let perOriginMax: Int
    private var lines: [String: Line] = [:]
    /// The origins that have someone waiting and room for one more.
    private var turns = Queue<String>()
    private var originOf: [UInt64: String] = [:]
    private(set) var admitted = 0

    var waiting: Int { originOf.count }
    /// Origins that are remembered: those in use.
    var origins: Int { lines.count }
    /// Everything that takes memory.
    var remembered: Int { turns.count + originOf.count + lines.values.reduce(0) { $0 + 1 + $1.waiting.count } }

    init(totalMax: Int, perOriginMax: Int) {
        self.totalMax = totalMax
        self.perOriginMax = perOriginMax
    }

    mutating func enqueue(_ number: UInt64, for origin: String) {
        originOf[number] = origin
        lines[origin, default: Line()].waiting.append(number)
        lines[origin]?.waitingCount += 1
        offerTurn(to: origin)
    }

    /// The next to be served; it counts until ``release(_:)``.
    mutating func next() -> UInt64? {
        while admitted < totalMax, let origin = turns.popFirst() {
            // Whoever left and came back is in the turns twice; only the first of them counts.
            guard var line = lines[origin], line.isInTurn else { continue }
            line.isInTurn = false
            var found: UInt64?
            while found == nil, let number = line.waiting.popFirst() {
                // Those who left in the meantime are still in the line.
                if originOf.removeValue(forKey: number) != nil { found = number }
            }
            if found != nil {
                line.waitingCount -= 1
                line.admitted += 1
                admitted += 1
            }
            lines[origin] = line
            offerTurn(to: origin)
            if let found { return found }
        }
        return nil
    }

    /// Takes someone out who waits; false for anyone else.
    mutating func leave(_ number: UInt64) -> Bool {
        guard let origin = originOf.removeValue(forKey: number) else { return false }
        lines[origin]?.waitingCount -= 1
        if let line = lines[origin], line.waiting.count > 2 * line.waitingCount + 16 {
            lines[origin]?.waiting.keep { originOf[$0] != nil }
        }
        forgetIfUnused(origin)
        if turns.count > 2 * lines.count + 16 {
            var seen: Set<String> = []
            turns.keep { lines[$0]?.isInTurn == true && seen.insert($0).inserted }
        }
        return true
    }

    /// Frees the place of someone who was served.
    mutating func release(_ origin: String) {
        lines[origin]?.admitted -= 1
        admitted -= 1
        offerTurn(to: origin)
    }

    private mutating func offerTurn(to origin: String) {
        guard let line = lines[origin] else { return }
        if line.waitingCount > 0, line.admitted < perOriginMax, !line.isInTurn {
            lines[origin]?.isInTurn = true
            turns.append(origin)
        }
        forgetIfUnused(origin)
    }

    private mutating func forgetIfUnused(_ origin: String) {
        if let line = lines[origin], line.waitingCount == 0, line.admitted == 0 { lines[origin] = nil }
    }
}
