import Glibc
import System
import TestSupport
import Testing

@testable import PrivatePostgres

@Suite struct CrashTests {
    @Test func aKilledServerComesBackByItselfWithWhatWasCommitted() async throws {
        try await Server.used().run { postgres in
            _ = try await postgres.query("create table kept as select 7 as n")
            let former = try #require(await postgres.processID)
            RunningProcess(id: former)?.signal(.kill)
            try await eventually(within: .seconds(30)) { await ![nil, former].contains(postgres.processID) }
            try await postgres.expect("select n from kept", answers: "7")
        }
    }

    /// With its home deleted, the server could not come back; told to end, its watch went round for ever, and the stop waited
    /// for it.
    @Test(.timeLimit(.minutes(1))) func stoppingEndsThoughTheServerCannotComeBack() async throws {
        let server = try await Server.used()
        let postgres = try await server.start()
        let former = try #require(await postgres.processID)
        try Files.removeTree(server.data)
        RunningProcess(id: former)?.signal(.kill)
        try await eventually(within: .seconds(30)) { await postgres.processID == nil }
        await postgres.stop()
    }

    @Test func aKilledBackendLeavesTheServerRunning() async throws {
        try await Server.used().run { postgres in
            let former = await postgres.processID
            let backend = try #require(Int32(try await postgres.query("select pg_backend_pid()")))
            _ = try await postgres.query("select pg_terminate_backend(\(backend))")
            _ = try await postgres.query("copy (select 1) to program 'kill -9 $PPID'")
            try await eventually(within: .seconds(30)) { try await postgres.query("select 1") == "1" }
            let processID = await postgres.processID
            #expect(processID == former)
        }
    }

    @Test func restartingGivesANewServer() async throws {
        try await Server.used().run { postgres in
            let former = await postgres.processID
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 { group.addTask { try await postgres.restart() } }
                try await group.waitForAll()
            }
            let processID = await postgres.processID
            #expect(processID != former)
            try await postgres.expect("select 1", answers: "1")
        }
    }

    @Test func killingTheOwnerLeavesNoServerAndTheNextStartWorksAtOnce() async throws {
        let server = try await Server.used()
        await #expect(processExitsWith: .signal(SIGKILL)) { [home = server.configuration.home as String] in
            let postgres = try await PrivatePostgres.start(Server.configuration(home: home))
            _ = try await postgres.query("create table kept as select 7 as n")
            kill(getpid(), SIGKILL)
        }
        try await server.run { postgres in
            try await postgres.expect("select n from kept", answers: "7")
            // Only the new server and its children are left.
            let processID = try #require(await postgres.processID)
            for process in Predecessor.processes(in: server.data) where process.id != processID {
                let status = try Files.readText("/proc/\(process.id)/status")
                #expect(status.contains("PPid:\t\(processID)\n"))
            }
        }
    }

    @Test func aServerWhoseOwnerWasKilledEndsByItself() async throws {
        let server = try await Server.used()
        await #expect(processExitsWith: .signal(SIGKILL)) { [home = server.configuration.home as String] in
            _ = try await PrivatePostgres.start(Server.configuration(home: home))
            kill(getpid(), SIGKILL)
        }
        #expect(Files.exists(server.data))
        try await eventually(within: .seconds(20)) { Predecessor.processes(in: server.data).isEmpty }
        // Told by the kernel, it has even stopped cleanly.
        try await eventually { !Files.exists("\(server.data)/postmaster.pid") }
    }

    @Test(arguments: [StaleFile.ofADeadProcess, .ofAnotherProgram, .ofThisProcess, .empty, .garbage])
    func aStaleLockFileIsNoObstacle(_ stale: StaleFile) async throws {
        let server = try await Server.used()
        let other = try await Program(
            "/usr/bin/setpriv", ["--reuid", "\(Files.owner(of: server.data) ?? 0)", "sleep", "1000"]
        )
        .start()
        let text = try await stale.text(otherProgram: other.processID)
        for name in ["postmaster.pid", ".s.PGSQL.5432.lock"] {
            try Files.replace("\(server.data)/\(name)", with: Array(text.utf8))
        }
        try await server.run { postgres in
            try await postgres.expect("select 1", answers: "1")
        }
        #expect(other.exit == nil, "another program was hit")
        other.signal(.kill)
    }

    enum StaleFile: Sendable {
        case ofADeadProcess, ofAnotherProgram, ofThisProcess, empty, garbage

        func text(otherProgram: Int32) async throws -> String {
            switch self {
            case .empty: return ""
            case .garbage: return "\0\u{1}no number\n\n"
            case .ofAnotherProgram: return file(otherProgram)
            case .ofThisProcess: return file(getpid())
            case .ofADeadProcess:
                let child = try await Program("/bin/true").start()
                _ = try await child.waitForExit()
                return file(child.processID)
            }
        }

        private func file(_ processID: Int32) -> String {
            "\(processID)\n/proc/self/fd/3\n1795242952\n5432\n.\n\n  9576479         4\nready   \n"
        }
    }
}
