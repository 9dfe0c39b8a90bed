import System
import Testing

@Suite struct RunningProcessTests {
    @Test func aRunningProcessTellsWhatAndWhereItIs() async throws {
        let root = try FileDescriptor.open("/", .directory)
        var program = Program("/bin/sleep", ["1000"], workingDirectory: "/usr")
        program.descriptor = root.number
        let child = try await program.start()
        let process = try #require(RunningProcess(id: child.processID))
        #expect(process.name == "sleep")
        #expect(process.descriptor(3) == FileIdentity(of: "/"))
        #expect(process.descriptor(4) == nil)
        #expect(process.workingDirectory == FileIdentity(of: "/usr"))
        #expect(process.workingDirectory != FileIdentity(of: "/"))
        #expect(!process.hasEnded)
        #expect(process.signal(.terminate))
        #expect(try await process.end(within: .seconds(20)))
        #expect(try await child.waitForExit() == .signal(.terminate))
        #expect(process.hasEnded && process.name == nil && process.workingDirectory == nil)
        #expect(!process.signal(.kill))
    }

    @Test func anEndThatDoesNotComeIsReported() async throws {
        let child = try await Program("/bin/sleep", ["1000"]).start()
        let process = try #require(RunningProcess(id: child.processID))
        #expect(try await !process.end(within: .milliseconds(10)))
        child.signal(.kill)
        _ = try await child.waitForExit()
    }

    @Test func aNumberThatNobodyHasIsNoProcess() async throws {
        let child = try await Program("/bin/true").start()
        _ = try await child.waitForExit()
        #expect(RunningProcess(id: child.processID) == nil)
        #expect(RunningProcess(id: 0) == nil)
        #expect(RunningProcess(id: -1) == nil)
        #expect(RunningProcess(id: .max) == nil)
    }
}
