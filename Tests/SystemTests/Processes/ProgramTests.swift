import Synchronization
import System
import Testing

@Suite struct ProgramTests {
    private func shell(_ script: String, _ change: (inout Program) -> Void = { _ in }) -> Program {
        var program = Program("/bin/sh", ["-c", script])
        change(&program)
        return program
    }

    @Test func aProgramsOutputErrorsAndExitCodeComeBack() async throws {
        let result = try await shell("echo out; echo wrong >&2; exit 3").run()
        #expect(result.outputText == "out\n")
        #expect(result.errorText == "wrong\n")
        #expect(result.exit == .code(3))
        #expect(!result.exit.isSuccess)
    }

    @Test func argumentsArePassedAsTheyAre() async throws {
        let arguments = ["a b", "", "'quoted'", "$HOME", "ä\nb"]
        let result = try await Program("/usr/bin/printf", ["%s|"] + arguments).run()
        #expect(result.outputText == arguments.map { "\($0)|" }.joined())
    }

    @Test func onlyTheNamedEnvironmentReachesTheChild() async throws {
        let result = try await Program("/usr/bin/env", environment: ["ONE": "1", "TWO": "b=c"]).run()
        #expect(Set(result.outputText.split(separator: "\n")) == ["ONE=1", "TWO=b=c"])
    }

    @Test func theChildStartsInTheFolderAsked() async throws {
        let result = try await Program("/bin/pwd", workingDirectory: "/usr").run()
        #expect(result.outputText == "/usr\n")
    }

    @Test func theChildHasNothingOpenThatItWasNotGiven() async throws {
        let file = try FileDescriptor.open("/dev/null", .read)
        let result = try await shell("ls /proc/self/fd | tr '\\n' ' '") { $0.descriptor = file.number }.run()
        // 4 is the folder that `ls` itself reads.
        #expect(result.outputText == "0 1 2 3 4 ")
    }

    @Test func theChildsSignalsAreNeitherBlockedNorIgnored() async throws {
        let result = try await shell("grep -E '^Sig(Blk|Ign)' /proc/self/status").run()
        let masks = result.outputText.split(separator: "\n").map { $0.split(separator: "\t").last ?? "" }
        // The C library keeps signals 32 and 33 for itself.
        #expect(masks == ["0000000000000000", "0000000180000000"])
    }

    @Test func moreOutputThanAskedForIsDroppedWithoutBlockingTheChild() async throws {
        let program = Program("/bin/sh", ["-c", "head -c 300000 /dev/zero"], output: .captured(bytesMax: 1_000))
        let result = try await program.run()
        #expect(result.output.count == 1_000)
        #expect(result.exit.isSuccess)
    }

    @Test func aHandlerSeesEveryByte() async throws {
        let count = Atomic<Int>(0)
        let program = Program(
            "/bin/sh", ["-c", "head -c 300000 /dev/zero"],
            output: .handled { count.wrappingAdd($0.count, ordering: .relaxed) })
        _ = try await program.run()
        #expect(count.load(ordering: .relaxed) == 300_000)
    }

    @Test func discardedOutputIsNotKept() async throws {
        let result = try await Program("/bin/echo", ["x"], output: .discarded, errors: .discarded).run()
        #expect(result.output.isEmpty && result.exit.isSuccess)
    }

    @Test func aMissingProgramIsNamedInTheError() async throws {
        let failure = await #expect(throws: SystemError.self) { try await Program("/no/such/program").run() }
        #expect(failure?.description == "start /no/such/program: No such file or directory")
    }

    @Test func aProgramThatTakesTooLongIsKilled() async throws {
        let failure = await #expect(throws: SystemError.self) {
            try await Program("/bin/sleep", ["1000"]).run(timeout: .milliseconds(50))
        }
        #expect(failure?.code == SystemError.timedOut)
    }

    @Test func cancellingTheTaskEndsTheWaitButNotTheChild() async throws {
        let child = try await Program("/bin/sleep", ["1000"]).start()
        let waiting = Task { try await child.waitForExit() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(child.exit == nil)
        child.signal(.terminate)
        #expect(try await child.waitForExit() == .signal(.terminate))
    }

    @Test func everyWaiterIsToldOfTheEnd() async throws {
        let child = try await Program("/bin/sleep", ["1000"]).start()
        async let ends: [Exit] = withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { try await child.waitForExit() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        child.signal(.kill)
        #expect(try await ends == Array(repeating: .signal(.kill), count: 20))
        #expect(try await child.waitForExit() == .signal(.kill))
        // Nothing to signal any more, and nobody else is hit.
        child.signal(.kill)
    }

    @Test func aGrandchildThatKeepsThePipeOpenDoesNotHoldUpTheEnd() async throws {
        let result = try await shell("sleep 1000 & echo $!").run(timeout: .seconds(20))
        let grandchild = try #require(RunningProcess(id: Int32(result.outputText.dropLast()) ?? -1))
        grandchild.signal(.kill)
        #expect(try await grandchild.end(within: .seconds(20)))
    }

    @Test func aGroupOfItsOwnKeepsTerminalSignalsAway() async throws {
        let own = try await shell("ps -o pgid= -p $$; echo $$") { $0.hasOwnGroup = true }.run()
        let numbers = own.outputText.split(whereSeparator: \.isWhitespace)
        #expect(numbers.count == 2 && numbers[0] == numbers[1])
    }

    @Test func hundredsOfChildrenAtOnceAllEnd() async throws {
        let sum: Set<Exit> = try await withThrowingTaskGroup { group in
            for code in 0..<100 { group.addTask { try await shell("exit \(code)").run().exit } }
            return try await group.reduce(into: []) { $0.insert($1) }
        }
        #expect(sum == Set((0..<100).map { Exit.code($0) }))
    }
}
