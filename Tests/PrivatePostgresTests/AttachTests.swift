import PrivatePostgres
import System
import TestSupport
import Testing

@Suite struct AttachTests {
    @Test func aShortCommandUsesTheServerThatRunsAndLeavesItRunning() async throws {
        let server = try await Server.used()
        try await server.run { owner in
            let guest = try await server.attachOrStart()
            #expect(!guest.isOwner)
            #expect(guest.conninfo() == owner.conninfo())
            try await guest.expect("select 1", answers: "1")
            await guest.stop()
            try await owner.expect("select 1", answers: "1")
        }
    }

    @Test func aShortCommandRunsTheServerWhenNobodyElseDoes() async throws {
        let server = try await Server.used()
        let first = try await server.attachOrStart()
        #expect(first.isOwner)
        let second = try await server.attachOrStart()
        #expect(!second.isOwner)
        try await second.expect("select 1", answers: "1")
        await first.stop()
        try await server.run { #expect($0.isOwner) }
    }

    @Test func ofManyThatStartAtOnceOneRunsTheServerAndAllCanUseIt() async throws {
        let server = try Server()
        let all = try await withThrowingTaskGroup(of: PrivatePostgres.self) { group in
            for _ in 0..<5 { group.addTask { try await server.attachOrStart() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all.count(where: \.isOwner) == 1)
        for postgres in all { try await postgres.expect("select 1", answers: "1") }
        for postgres in all { await postgres.stop() }
    }

    @Test func aShortCommandThatRunsTheServerWaitsForItsGuests() async throws {
        let server = try await Server.used()
        let first = try await server.attachOrStart()
        let gate = server.folder.path("gate")
        let script = ["select 1", "\\! until test -e '\(gate)'; do sleep 0.01; done", "select 7"]
        let guest = try await Program(
            "/usr/bin/psql", ["-X", "-q", "-At", "-d", first.conninfo()] + script.flatMap { ["-c", $0] }
        ).start()
        try await eventually { guest.output == Array("1\n".utf8) }
        async let stopped: Void = first.stop()
        try await eventually { try Files.readText("\(server.data)/postmaster.pid").contains("stopping") }
        #expect(guest.exit == nil)
        try Files.replace(gate, with: [])
        #expect(try await guest.waitForExit().isSuccess)
        #expect(guest.output == Array("1\n7\n".utf8))
        await stopped
    }
}
