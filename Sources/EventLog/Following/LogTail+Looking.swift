import Postgres
import System
import Telemetry

/// How the tail learns of what others committed.
extension LogTail {
    /// Reads on whenever something may be there.
    func keepLooking() async {
        while !Task.isCancelled {
            await look.wait()
            if Task.isCancelled { return }
            do {
                try await readOn()
            } catch {
                if Task.isCancelled { return }
                logger.warning("the log cannot be followed", ["error": "\(error)"])
                try? await clock.sleep(for: configuration.retryDelay)
                look.raise()
            }
        }
    }

    private func readOn() async throws {
        while let position {
            var filter = EventFilter()
            filter.after = position
            let page = try await reader.page(
                filter, limit: configuration.pageEventsMax, bytesMax: configuration.pageBytesMax)
            if page.events.isEmpty { return }
            metrics.read.increment(by: UInt64(page.events.count))
            // Our own writer may have been quicker meanwhile: what was told already is left out.
            for run in Self.runs(page.events) {
                if run[0].position > (self.position ?? 0) + 1 {
                    logger.error(
                        "the log has a gap; run `lifeos log verify`", ["after": position, "next": run[0].position])
                }
                _ = deliver(run, isComplete: true)
            }
            if !page.isFull { return }
        }
    }

    /// Parts within which no position is missing: one, unless the log was tampered with.
    private static func runs(_ events: [Event]) -> [[Event]] {
        if let first = events.first, let last = events.last, last.position - first.position == events.count - 1 {
            return [events]
        }
        var runs: [[Event]] = []
        for event in events {
            if let last = runs.last?.last, last.position + 1 == event.position {
                runs[runs.count - 1].append(event)
            } else {
                runs.append([event])
            }
        }
        return runs
    }

    /// Silence is never taken for "nothing happened".
    func keepPolling() async {
        while !Task.isCancelled {
            try? await clock.sleep(for: configuration.pollInterval)
            look.raise()
        }
    }

    func keepListening() async {
        for await notification in pool.listen(LogStatements.channel) {
            switch notification {
            case .mayHaveMissed: look.raise()
            case .payload(let text):
                guard let head = Int(text), head > (position ?? 0) else { continue }
                try? await clock.sleep(for: configuration.ownEventsGrace)
                if head > (position ?? 0) { look.raise() }
            }
        }
    }

    /// Wakes subscribers on its own task, so that the writer does not pay for their number.
    func keepWaking() async {
        while !Task.isCancelled {
            await growth.wait()
            let waiting = state.withLock { state in
                defer { state.waiting = [:] }
                return state.waiting.values
            }
            for continuation in waiting { continuation.resume() }
        }
    }
}
