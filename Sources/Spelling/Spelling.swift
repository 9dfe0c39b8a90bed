/// Finds the word that someone probably meant.
public enum Spelling {
    /// Longer words are not compared: nobody mistypes them, and the work grows with the square of the length.
    static let wordLengthMax = 64

    /// The candidate nearest to `word`, or `nil` when none is near enough to be worth suggesting.
    ///
    /// Case is ignored. A candidate that begins with the word counts as one slip away, so `back` finds `backup`; of
    /// equally near ones the first wins.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased())
        guard !typed.isEmpty, typed.count <= wordLengthMax else { return nil }
        var best: (candidate: String, slips: Int)?
        for candidate in candidates {
            let meant = Array(candidate.lowercased())
            guard meant.count <= wordLengthMax else { continue }
            let isBeginning = typed.count >= 2 && meant.starts(with: typed)
            let slips = isBeginning ? min(1, meant.count - typed.count) : Self.slips(from: typed, to: meant)
            guard slips <= Self.slipsMax(length: max(typed.count, meant.count)) else { continue }
            if slips < best?.slips ?? .max { best = (candidate, slips) }
        }
        return best?.candidate
    }

    /// A third of the letters may be wrong, never more than three: beyond that, suggestions are noise.
    private static func slipsMax(length: Int) -> Int { min(3, max(1, length / 3)) }

    /// The Damerau–Levenshtein distance: letters missed, added or changed, and neighbours swapped, cost one each.
    /// No letter is edited twice (the "optimal string alignment" form), so three rows of the table are enough.
    static func slips(from typed: [Character], to meant: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...meant.count)
        for row in typed.indices {
            var current = [row + 1]
            for column in meant.indices {
                let change = typed[row] == meant[column] ? 0 : 1
                var cost = min(previous[column + 1] + 1, current[column] + 1, previous[column] + change)
                if row > 0, column > 0, typed[row] == meant[column - 1], typed[row - 1] == meant[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[meant.count]
    }
}
