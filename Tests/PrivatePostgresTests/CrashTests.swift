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
            for process in try Predecessor.processes(in: server.data, .choose(nil)) where process.id != processID {
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
        try await eventually(within: .seconds(20)) { try Predecessor.processes(in: server.data, .choose(nil)).isEmpty }
        // Told by the kernel, it has even stopped cleanly.
        try await eventually { !Files.exists("\(server.data)/postmaster.pid") }
    }

    /// Some queries do not notice that their server is gone. They were looked for by the name of their program, which changes
    /// when the package is replaced, and by what root in a container may not see; then no new server could start.
    @Test(arguments: [false, true]) func whatOutlivesAKilledServerIsEnded(_ isPackageReplaced: Bool) async throws {
        var server = try await Server.used()
        server.configuration.stopTimeout = .milliseconds(300)
        let installed = try await Installation.find(in: nil, major: nil)
        // The server's user can get to no temporary folder of ours.
        let binaries = "/tmp/lifeos-bin-\(getpid())"
        defer { if isPackageReplaced { try? Files.removeTree(binaries) } }
        if isPackageReplaced {
            try Files.makeFolder(binaries)
            for name in ["postgres", "initdb", "createdb"] { try await copy("\(installed.binaries)/\(name)", binaries) }
            server.configuration.binaries = binaries
        }
        try await server.run { postgres in
            let former = try #require(await postgres.processID)
            let loop = "set application_name = 'loop'; do $$ begin loop null; end loop; end $$"
            let query = try await Program("/usr/bin/psql", ["-X", "-q", "-d", postgres.conninfo(), "-c", loop]).start()
            let running = """
                select count(*) from pg_stat_activity where application_name = 'loop' and query like '%begin loop%'
                """
            try await eventually { try await postgres.query(running) == "1" }
            if isPackageReplaced {
                try Files.remove("\(binaries)/postgres")
                try await copy("\(installed.binaries)/postgres", binaries)
            }
            RunningProcess(id: former)?.signal(.kill)
            try await eventually(within: .seconds(60)) { await ![nil, former].contains(postgres.processID) }
            try await postgres.expect("select 1", answers: "1")
            #expect(try await query.waitForExit(within: .seconds(20)) != nil)
        }
    }

    private func copy(_ file: String, _ folder: String) async throws {
        try #require(try await Program("/bin/cp", ["--reflink=auto", file, folder]).run().exit.isSuccess)
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
