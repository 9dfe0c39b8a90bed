import Glibc
import Synchronization
import System
import TestSupport
import Testing

@Suite struct ThreadExecutorTests {
    actor Blocking {
        private let executor: ThreadExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
        private(set) var order: [Int] = []

        init(_ name: String = "blocking") { executor = ThreadExecutor(name: name) }

        func note(_ number: Int) { order.append(number) }
        func thread() -> pthread_t { pthread_self() }
        func meet(_ all: Int, at barrier: Monitor<Int>) {
            barrier.withLock { $0 += 1 }
            barrier.wait(until: { $0 == all }, then: { _ in })
        }
        func isOnItsThread() -> Bool {
            assertIsolated()
            return true
        }
        func stop() { executor.stop() }
    }

    @Test func anActorStaysOnOneThreadOfItsOwn() async {
        let one = Blocking()
        let two = Blocking()
        var threads: Set<pthread_t> = []
        for _ in 0..<100 { threads.insert(await one.thread()) }
        #expect(threads.count == 1)
        #expect(await two.thread() != threads.first)
        #expect(await one.isOnItsThread())
    }

    @Test func actorsMayBlockWithoutStarvingThePool() async {
        // Far more than the pool has threads: on it, they would wait for each other for ever.
        let barrier = Monitor(0)
        await withTaskGroup { group in
            for _ in 0..<40 { group.addTask { await Blocking().meet(40, at: barrier) } }
        }
        #expect(barrier.withLock { $0 } == 40)
    }

    @Test func nothingIsLostWhenManyCallAtOnce() async {
        let actor = Blocking()
        await withTaskGroup { group in
            for number in 0..<2_000 { group.addTask { await actor.note(number) } }
        }
        #expect(Set(await actor.order) == Set(0..<2_000))
        #expect(await actor.order.count == 2_000)
    }

    @Test func theThreadEndsWithTheActor() async throws {
        let name = "gone-\(UInt16.random(in: 0...9_999))"
        var actor: Blocking? = Blocking(name)
        _ = await actor?.thread()
        #expect(threadNames().contains(name))
        actor = nil
        try await eventually { !threadNames().contains(name) }
    }

    @Test func lettingGoOfTheActorInItsOwnJobIsFine() async throws {
        for _ in 0..<200 {
            let actor = Blocking("brief")
            // The task holds the only reference, and lets go of it on the actor's own thread.
            Task { await actor.note(1) }
        }
        try await eventually { !threadNames().contains("brief") }
    }

    @Test func aStoppedExecutorStillRunsWhatComes() async {
        let actor = Blocking()
        _ = await actor.thread()
        await actor.stop()
        for number in 0..<50 { await actor.note(number) }
        #expect(await actor.order == Array(0..<50))
    }

    private func threadNames() -> [String] {
        let numbers = (try? Files.names(in: "/proc/self/task")) ?? []
        return numbers.compactMap { try? Files.readText("/proc/self/task/\($0)/comm") }.map { String($0.dropLast()) }
    }
}

@Suite struct MonitorTests {
    @Test func aWaiterGoesOnOnceTheValueIsRight() async {
        let monitor = Monitor(0)
        let seen = Monitor<[Int]>([])
        for wanted in 1...5 {
            Thread.detach(name: "waiter") {
                monitor.wait(until: { $0 >= wanted }, then: { value in seen.withLock { $0.append(value) } })
            }
        }
        monitor.withLock { $0 = 3 }
        seen.wait(until: { $0.count == 3 }, then: { _ in })
        #expect(seen.withLock { $0 } == [3, 3, 3])
        monitor.withLock { $0 = 5 }
        seen.wait(until: { $0.count == 5 }, then: { _ in })
    }

    @Test(arguments: [Duration.zero, .seconds(-5), .milliseconds(1), .seconds(Int64.min)])
    func aWaitThatLastsTooLongIsGivenUp(_ limit: Duration) {
        let monitor = Monitor(false)
        #expect(monitor.wait(until: { $0 }, atMost: limit, then: { _ in true }) == nil)
    }

    @Test(arguments: [Duration.zero, .seconds(-5), .seconds(1), .seconds(Int64.max)])
    func whatHoldsAlreadyIsNotWaitedFor(_ limit: Duration) {
        let monitor = Monitor(true)
        #expect(monitor.wait(until: { $0 }, atMost: limit, then: { _ in 7 }) == 7)
    }

    @Test func aVeryLongLimitIsNoError() {
        let monitor = Monitor(false)
        Thread.detach(name: "setter") { monitor.withLock { $0 = true } }
        #expect(monitor.wait(until: { $0 }, atMost: .seconds(Int64.max), then: { $0 }) == true)
    }

    @Test func onlyOneIsInsideAtATime() {
        let monitor = Monitor(0)
        let done = Monitor(0)
        for _ in 0..<8 {
            Thread.detach(name: "adder") {
                for _ in 0..<1_000 { monitor.withLock { $0 += 1 } }
                done.withLock { $0 += 1 }
            }
        }
        done.wait(until: { $0 == 8 }, then: { _ in })
        #expect(monitor.withLock { $0 } == 8_000)
    }
}

@Suite struct ThreadTests {
    @Test func aThreadHasItsNameAndBlocksEverySignal() {
        let seen = Monitor<String?>(nil)
        Thread.detach(name: "a name that is too long") {
            let status = try? Files.readText("/proc/thread-self/status")
            seen.withLock { $0 = status ?? "" }
        }
        let status = seen.wait(until: { $0 != nil }, then: { $0 ?? "" })
        #expect(status.hasPrefix("Name:\ta name that is \n"))
        // All but SIGKILL, SIGSTOP and the C library's own two.
        #expect(status.contains("SigBlk:\tfffffffe7ffbfeff\n"))
    }
}
