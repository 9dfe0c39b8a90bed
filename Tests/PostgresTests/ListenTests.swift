import Postgres
import Telemetry
import TestSupport
import Testing

@Suite struct ListenTests {
    private func notify(_ pool: PostgresPool, _ channel: String, _ payload: String) async throws {
        try await pool.execute("notify", "SELECT pg_notify(\(channel), \(payload))")
    }

    @Test func aListenerIsToldFirstThatItListensThenEveryPayloadInOrder() async throws {
        try await withDatabase { pool in
            var heard = pool.listen("events").makeAsyncIterator()
            #expect(await heard.next() == .mayHaveMissed)
            for number in 1...50 { try await notify(pool, "events", "\(number)") }
            for number in 1...50 {
                let next = await heard.next()
                #expect(next == .payload("\(number)"))
            }
        }
    }

    @Test func channelsAreKeptApartWhateverTheirNames() async throws {
        try await withDatabase { pool in
            let strange = "a \"b\"; DROP TABLE t; Ü"
            var first = pool.listen(strange).makeAsyncIterator()
            var second = pool.listen("other").makeAsyncIterator()
            #expect(await first.next() == .mayHaveMissed)
            #expect(await second.next() == .mayHaveMissed)
            try await notify(pool, strange, "for the first")
            try await notify(pool, "other", "for the second")
            #expect(await first.next() == .payload("for the first"))
            #expect(await second.next() == .payload("for the second"))
        }
    }

    @Test func severalHearTheSameChannelAndALateComerIsToldAtOnce() async throws {
        try await withDatabase { pool in
            var first = pool.listen("events").makeAsyncIterator()
            #expect(await first.next() == .mayHaveMissed)
            var second = pool.listen("events").makeAsyncIterator()
            #expect(await second.next() == .mayHaveMissed)
            try await notify(pool, "events", "both")
            #expect(await first.next() == .payload("both"))
            #expect(await second.next() == .payload("both"))
        }
    }

    @Test func aLostConnectionIsReplacedAndTheListenerToldThatItMayHaveMissed() async throws {
        try await withDatabase { pool in
            var heard = pool.listen("events").makeAsyncIterator()
            #expect(await heard.next() == .mayHaveMissed)
            for turn in 1...3 {
                let rows = try await pool.query(
                    "listener",
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE query LIKE 'LISTEN%' AND datname = current_database()
                    """)
                #expect(rows.count == 1)
                #expect(await heard.next() == .mayHaveMissed)
                try await notify(pool, "events", "after \(turn)")
                #expect(await heard.next() == .payload("after \(turn)"))
            }
        }
    }

    @Test func aSlowListenerIsToldThatItMissedSomeAndHearsTheRest() async throws {
        try await withDatabase({ $0.notificationsBufferedMax = 4 }) { pool in
            var witness = pool.listen("done").makeAsyncIterator()
            var heard = pool.listen("events").makeAsyncIterator()
            #expect(await witness.next() == .mayHaveMissed)
            #expect(await heard.next() == .mayHaveMissed)
            for number in 1...6 { try await notify(pool, "events", "\(number)") }
            try await notify(pool, "done", "")
            #expect(await witness.next() == .payload(""))
            // Four fitted; the fifth made them one; the sixth fitted again.
            #expect(await heard.next() == .mayHaveMissed)
            #expect(await heard.next() == .payload("6"))
        }
    }

    @Test func lettingGoOfAllListenersEndsTheirConnection() async throws {
        try await withDatabase { pool in
            do {
                var heard = pool.listen("events").makeAsyncIterator()
                #expect(await heard.next() == .mayHaveMissed)
            }
            try await eventually {
                let rows = try await pool.query(
                    "sessions", "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                return try rows.only(Int.self) == 1
            }
            var again = pool.listen("events").makeAsyncIterator()
            #expect(await again.next() == .mayHaveMissed)
        }
    }

    @Test func listeningEndsWithThePoolAndWithTheTask() async throws {
        try await withDatabase { pool in
            let task = Task {
                var count = 0
                for await _ in pool.listen("events") { count += 1 }
                return count
            }
            var heard = pool.listen("events").makeAsyncIterator()
            #expect(await heard.next() == .mayHaveMissed)
            task.cancel()
            #expect(await task.value <= 1)
            await pool.close()
            #expect(await heard.next() == nil)
            var late = pool.listen("events").makeAsyncIterator()
            #expect(await late.next() == nil)
        }
    }
}
