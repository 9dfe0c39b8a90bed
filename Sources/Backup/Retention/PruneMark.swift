import System

/// Says in a store that backups are being removed, and which.
///
/// Stores know no locks. So whoever makes a backup and whoever removes some each write down first what they are about to do,
/// and look afterwards what the other has written: whichever is second sees the first.
///
/// - Whoever makes one leaves the mark ``Manifest/markName``, waits until nobody removes any, and only then relies on what
///   lies in the store. When the manifest is written, it looks whether what it needs was about to be removed meanwhile.
/// - Whoever removes some leaves this mark before looking what there is, names here what is to go, and looks once more
///   before anything goes. While a backup is being made, no blobs go.
final class PruneMark: Sendable {
    static let folder = "prune/"
    /// How often it is renewed.
    static let renewalPause: Duration = .seconds(10)
    /// Whoever could not renew it for so long stops.
    static let lease: Duration = .seconds(60)
    /// A mark that did not change for so long was left by somebody who was killed.
    static let deadAfter: Duration = .seconds(120)
    /// So long a backup waits for its turn.
    static let patience: Duration = .seconds(600)
    private static let lookPause: Duration = .seconds(1)

    private struct State {
        var doomed: [BackupID] = []
        var count = 0
        var renewedAt: Duration = .zero
        var isLost = false
    }

    private let store: any BackupStore
    private let name: String
    private let elapsed: @Sendable () -> Duration
    private let state = Lock(State())

    private init(_ store: any BackupStore, _ id: UUID, _ clock: any Clock<Duration>) {
        self.store = store
        name = "\(Self.folder)\(id)"
        elapsed = clock.stopwatch()
    }

    /// Holds a mark while the body works.
    static func hold<Result>(
        in store: any BackupStore, _ id: UUID, _ clock: any Clock<Duration>, _ body: (PruneMark) async throws -> Result
    ) async throws -> Result {
        let mark = PruneMark(store, id, clock)
        try await mark.write()
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await Renewal.keep(every: renewalPause, on: clock, { await mark.renew() }) { try await body(mark) })
        } catch {
            outcome = .failure(error)
        }
        // Also where the task was cancelled. One that stays is seen to be dead.
        await Task { try? await store.delete(mark.name) }.value
        return try outcome.get()
    }

    /// Says what is about to be removed.
    func announce(_ doomed: [BackupID]) async throws {
        state.withLock { $0.doomed = doomed }
        try await write()
    }

    private func write() async throws {
        let text = state.withLock { state in
            state.count += 1
            return "\(state.count)\n" + state.doomed.map { "\($0)\n" }.joined()
        }
        let time = elapsed()
        try await store.put(name, Array(text.utf8))
        state.withLock { $0.renewedAt = time }
    }

    private func renew() async {
        do {
            // One that is gone was taken for dead: to write it again would hide that.
            _ = try await store.get(name)
            try await write()
        } catch let error as BackupError where error.code == .notFound {
            state.withLock { $0.isLost = true }
        } catch {
            // The next one may succeed in time.
        }
    }

    /// To be called before each removal: others may take whoever was held up for dead.
    func check() throws(BackupError) {
        let time = elapsed()
        guard state.withLock({ !$0.isLost && time - $0.renewedAt < Self.lease }) else {
            throw BackupError(
                .store, "Removing backups was held up for too long, so others may have begun some by now.",
                advice: "Run it again: lifeos backup prune")
        }
    }

    /// What is about to be removed from the store.
    static func doomed(in store: any BackupStore) async throws -> Set<BackupID> {
        var doomed: Set<BackupID> = []
        for mark in try await store.list(folder) {
            guard let text = try await content(mark.name, in: store) else { continue }
            let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst()
            doomed.formUnion(lines.compactMap { BackupID($0) })
        }
        return doomed
    }

    /// Waits until nobody removes backups. What was left behind by somebody who was killed is taken away.
    static func waitUntilNobodyPrunes(in store: any BackupStore, _ clock: any Clock<Duration>) async throws {
        let elapsed = clock.stopwatch()
        var seen: [String: (content: [UInt8], since: Duration)] = [:]
        while true {
            let marks = try await store.list(folder)
            if marks.isEmpty { return }
            for mark in marks {
                guard let content = try await content(mark.name, in: store) else { continue }
                if let former = seen[mark.name], former.content == content {
                    if elapsed() - former.since >= deadAfter { try await store.delete(mark.name) }
                } else {
                    seen[mark.name] = (content, elapsed())
                }
            }
            guard elapsed() < patience else {
                throw BackupError(
                    .store, "Old backups have been being removed from \(store) for more than \(patience).",
                    advice: "Try again when it has finished.")
            }
            try await clock.sleep(for: lookPause)
        }
    }

    private static func content(_ name: String, in store: any BackupStore) async throws -> [UInt8]? {
        do { return try await store.get(name) } catch let error as BackupError where error.code == .notFound {
            return nil
        }
    }
}
