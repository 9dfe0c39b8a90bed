import Cryptography
import Postgres

/// Tells from what does not fit what was done.
extension LogVerifier {
    /// Of many mismatches, so many are tried as the place where a missing event went.
    private static let suspectsMax = 64

    func name(
        _ finding: RangeCheck.Finding, among findings: [RangeCheck.Finding], _ head: LogHead
    ) async throws -> LogFault {
        switch finding {
        case .duplicate(let position):
            return LogFault(position: position, kind: .duplicated, explanation: "Position \(position) is there twice.")
        case .earlier(let position): return LogFault(earlierAt: position)
        case .missing(let gap):
            let isEnd = gap.upperBound >= head.position
            let which = gap.count == 1 ? "Position \(gap.lowerBound) is" : "Positions \(gap) are"
            return LogFault(
                position: gap.lowerBound, kind: isEnd ? .truncated : .deleted,
                explanation: isEnd
                    ? "The log ends at \(gap.lowerBound - 1), though its head says \(head.position)."
                    : "\(which) missing.")
        case .mismatch(let position):
            let suspects = findings.compactMap { finding -> Int? in
                if case .mismatch(let other) = finding, other > position { other } else { nil }
            }
            return try await name(mismatchAt: position, suspects.prefix(Self.suspectsMax), head)
        }
    }

    private func name(
        mismatchAt position: Int, _ suspects: ArraySlice<Int>, _ head: LogHead
    ) async throws -> LogFault {
        func fault(_ kind: LogFault.Kind, _ explanation: String) -> LogFault {
            LogFault(position: position, kind: kind, explanation: explanation)
        }
        let edited = fault(
            .edited,
            "The event at \(position) does not give its hash after that of \(position - 1): it was changed, or the one "
                + "before it was changed and given a new hash.")
        // A row that can no longer be read was changed beyond doubt.
        guard let here = try? await reader.event(at: position), let before = try await hash(at: position - 1)
        else { return edited }
        var hasher = EventHasher()
        func follows(_ event: Event, as position: Int, after hash: SHA256Digest, giving stored: SHA256Digest) -> Bool {
            hasher.hash(EventDraft(event), position: position, recordedAt: event.recordedAt, after: hash) == stored
        }
        for other in suspects {
            guard let there = try? await reader.event(at: other) else { continue }
            // The hash may have moved with the event or have stayed behind.
            guard
                let original = [there.hash, here.hash].first(where: {
                    follows(there, as: position, after: before, giving: $0)
                })
            else { continue }
            let beforeOther = other == position + 1 ? original : try await hash(at: other - 1)
            let isSwap =
                beforeOther.map { hash in
                    [here.hash, there.hash].contains { follows(here, as: other, after: hash, giving: $0) }
                } ?? false
            if isSwap {
                return fault(.reordered, "The events at \(position) and \(other) stand in each other's place.")
            }
            if other == position + 1 {
                return fault(.inserted, "The event at \(position) was inserted, and the later ones moved up by one.")
            }
            return fault(.reordered, "The event of position \(position) is at \(other).")
        }
        let computed = hasher.hash(here, after: before)
        let next = try? await reader.event(at: position + 1)
        if next.map({ follows($0, as: $0.position, after: computed, giving: $0.hash) }) ?? (computed == head.hash) {
            return fault(.hashChanged, "The hash at \(position) was changed; the event itself is the one written.")
        }
        if let next, follows(next, as: position + 2, after: here.hash, giving: next.hash) {
            return fault(
                .deleted, "The event that belongs at \(position) is missing; the later ones moved down by one.")
        }
        return edited
    }

    private func hash(at position: Int) async throws -> SHA256Digest? {
        position == 0 ? .zero : try await reader.event(at: position)?.hash
    }

    /// What is wrong where the log ends.
    func faultsOfEnd(_ end: LogEnd) -> [LogFault] {
        let position = end.head.position
        switch end.fault {
        // Told as such where the events are read.
        case .missing: return []
        case .behind:
            return [
                LogFault(
                    position: position + 1, kind: .inserted,
                    explanation: "There is an event at \(position + 1), though log.head says that the log ends at "
                        + "\(position).")
            ]
        case .otherHash:
            return [
                LogFault(
                    position: position, kind: .headMismatch,
                    explanation:
                        "log.head has another hash than the last event, at \(position): one of them was changed."
                )
            ]
        case nil: break
        }
        guard let time = end.otherTime else { return [] }
        return [
            LogFault(
                position: position, kind: .headMismatch,
                explanation:
                    "log.head says that the last event, at \(position), was recorded at \(end.head.recordedAt), "
                    + "and the event says \(time): log.head was changed. The next change puts it right.")
        ]
    }

    func fault(against stated: StatedHead, _ head: LogHead) async throws -> LogFault? {
        if stated.position > head.position {
            return LogFault(
                position: head.position + 1, kind: .truncated,
                explanation: "The log ends at \(head.position), but it reached \(stated.position) when that head was "
                    + "noted down.")
        }
        if let stored = try? await hash(at: stated.position), stored != stated.hash {
            return LogFault(
                position: stated.position, kind: .rewritten,
                explanation: "The event at \(stated.position) has another hash than the stated head: this is not the "
                    + "log that head was taken from.")
        }
        return nil
    }
}
