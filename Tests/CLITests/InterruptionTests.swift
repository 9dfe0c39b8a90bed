import System
import Testing

@testable import CLI

@Suite struct InterruptionTests {
    @Test(arguments: [(Signal.interrupt, 130), (.terminate, 143), (.hangUp, 129)] as [(Signal, Int32)])
    func theFirstSignalCancelsTheCommand(signal: Signal, code: Int32) async {
        let interruption = Interruption()
        let (started, begin) = AsyncStream<Void>.makeStream()
        let endless = Command("endless", "Runs until it is cancelled.") { _ in
            begin.finish()
            while true {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        async let outcome = Sample.run(["endless"], extra: [endless], interruption: interruption)
        for await _ in started {}
        interruption.receive(signal)
        #expect(await outcome.code == code)
        #expect(await outcome.errors == "Error: Stopped by \(signal) before it was done.\n")
    }

    @Test func whatACancelledCommandThrowsDoesNotMatter() async {
        struct QueryCancelled: Error {}
        let interruption = Interruption()
        let command = Command("query", "Fails in words of its own.") { _ in
            interruption.receive(.interrupt)
            #expect(Task.isCancelled)
            throw QueryCancelled()
        }
        let outcome = await Sample.run(["query", "--json"], extra: [command], interruption: interruption)
        #expect(outcome.code == 130)
        #expect(outcome.errors.hasPrefix(#"{"error":{"code":"interrupted""#))
    }

    @Test func aCommandThatWaitsForTheSignalStopsInGoodOrder() async {
        let interruption = Interruption()
        let (started, begin) = AsyncStream<Void>.makeStream()
        let serve = Command("answer", "Answers until it is asked to stop.") { run in
            async let signal = run.interrupted()
            begin.finish()
            let received = try await signal
            #expect(received == .terminate)
            #expect(!Task.isCancelled)
            run.output.say("Stopped in good order.")
        }
        async let outcome = Sample.run(["answer"], extra: [serve], interruption: interruption)
        for await _ in started {}
        while interruption.waiterCount == 0 { await Task.yield() }
        interruption.receive(.terminate)
        #expect(await outcome.code == 0)
        #expect(await outcome.output == "Stopped in good order.\n")
    }

    @Test func aSignalBeforeTheCommandIsNotForgotten() async {
        let interruption = Interruption()
        interruption.receive(.terminate)
        let command = Command("late", "Looks whether it is cancelled.") { _ in try Task.checkCancellation() }
        #expect(await Sample.run(["late"], extra: [command], interruption: interruption).code == 143)
    }

    @Test func onlyTheSecondCtrlCEndsItAtOnce() {
        let ended = Lock<[Int32]>([])
        let interruption = Interruption { code in ended.withLock { $0.append(code.rawValue) } }
        interruption.receive(.terminate)
        interruption.receive(.hangUp)
        interruption.receive(.terminate)
        #expect(ended.withLock { $0 } == [])
        interruption.receive(.interrupt)
        #expect(ended.withLock { $0 } == [130])
    }

    @Test func aCancelledWaitEnds() async {
        let interruption = Interruption()
        let task = Task { try await interruption.signal() }
        while interruption.waiterCount == 0 { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(interruption.waiterCount == 0)
    }

    @Test func theThreadHearsTheSystemsSignals() async throws {
        let interruption = Interruption()
        Thread.detach(name: "listening") { interruption.listen() }
        while !interruption.sendToOwnThread(.hangUp) { await Task.yield() }
        #expect(try await interruption.signal() == .hangUp)
    }
}
