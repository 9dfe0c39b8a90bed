import Glibc
import PrivatePostgres
import System
import TestSupport
import Testing

@Suite struct StartTests {
    @Test func aFirstStartMakesADurableServerThatNobodyElseReaches() async throws {
        let server = try Server()
        try await server.run { postgres in
            #expect(postgres.isOwner)
            let settings = """
                select string_agg(setting, ' ' order by name) from pg_settings where name in
                ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses')
                """
            let answer = try await postgres.query(settings)
            #expect(answer == "on on on  on")
            try await postgres.expect("select current_database() || ' ' || current_user", answers: "lifeos lifeos")
            try await postgres.expect("show server_encoding", answers: "UTF8")
            let modes = try [server.data, "\(server.data)/.s.PGSQL.5432"].map(mode)
            #expect(modes == [0o700, 0o700])
            let processID = try #require(await postgres.processID)
            let status = try Files.readText("/proc/\(processID)/status")
            #expect(status.contains("NoNewPrivs:\t1"))
            #expect(Files.owner(of: "/proc/\(processID)") != 0)
        }
        #expect(!Files.exists("\(server.data)/postmaster.pid"))
    }

    @Test func aLaterStartIsQuickAndFindsTheData() async throws {
        let server = try await Server.used()
        try await server.run { postgres in
            try await postgres.expect("create table kept as select 7 as n", answers: "")
        }
        var durations: [Duration] = []
        for _ in 0..<3 {
            let start = ContinuousClock.now
            try await server.run { postgres in
                durations.append(ContinuousClock.now - start)
                try await postgres.expect("select n from kept", answers: "7")
            }
        }
        print("later starts took \(durations)")
        // The best of several, and ten times what it takes on an idle machine.
        #expect(durations.min() ?? .zero < .seconds(1))
    }

    @Test func aHomeMayHaveAnyName() async throws {
        let server = try await Server.used(name: "it's a \\ höme")
        try await server.run { postgres in
            try await postgres.expect("select 1", answers: "1")
        }
    }

    @Test func everySortOfStatementWorksFromAFolderWithoutAPath() async throws {
        try await Server.used().run { postgres in
            for sql in [
                "create database copied template template0 strategy file_copy",
                "create database logged template template0 strategy wal_log",
                "copy (select 1) to program 'cat >/dev/null'",
                "checkpoint", "alter system set work_mem = '5MB'", "select pg_reload_conf()", "vacuum",
            ] {
                let answer = try await postgres.query(sql)
                #expect(!answer.contains("ERROR"), "\(sql): \(answer)")
            }
        }
    }

    @Test func settingsAreTakenButNeverThoseThatWouldOpenTheServer() async throws {
        var server = try await Server.used()
        server.configuration.settings = ["work_mem": "7MB", "listen_addresses": "127.0.0.1", "port": "1"]
        try await server.run { postgres in
            try await postgres.expect("show work_mem", answers: "7MB")
            try await postgres.expect("show listen_addresses", answers: "")
        }
    }

    @Test func aWrongSettingIsReportedInPostgreSQLsOwnWords() async throws {
        var server = try Server()
        server.configuration.settings = ["no_such_setting": "1"]
        let error = try await refusal(server.start)
        #expect(error.code == .startFailed)
        #expect("\(error)".contains("no_such_setting"))
        #expect(!Files.exists(server.data), "half a first start must not look like a whole one")
    }

    @Test func whatACutOffFirstStartLeftIsThrownAway() async throws {
        let server = try Server()
        try Files.makeFolder(server.folder.path("postgres.draft/base"))
        try Files.replace(server.folder.path("postgres.draft/postmaster.pid"), with: Array("1\n/x\n".utf8))
        try await server.run { postgres in
            try await postgres.expect("select 1", answers: "1")
        }
        #expect(!Files.exists(server.folder.path("postgres.draft")))
    }

    @Test func stoppingTwiceAtOnceIsStoppingOnce() async throws {
        let server = try await Server.used()
        let postgres = try await server.start()
        await withTaskGroup { group in
            for _ in 0..<3 { group.addTask { await postgres.stop() } }
        }
        await postgres.stop()
        #expect(await postgres.processID == nil)
        // Stopped means that another may start.
        try await server.run { _ in }
    }

    @Test func inspectionTellsHowAHomeStands() async throws {
        let server = try Server()
        let before = await PrivatePostgres.inspect(server.configuration)
        #expect(before.dataMajor == nil && before.serverProcessID == nil && before.problem == nil)
        #expect(before.dataBytes == 0)
        try await server.run { postgres in
            let during = await PrivatePostgres.inspect(server.configuration)
            let processID = await postgres.processID
            #expect(during.serverProcessID == processID)
            #expect(during.ownerProcessID == getpid())
            #expect(during.dataBytes > 10 << 20)
            #expect(during.installedVersion?.hasPrefix("\(during.dataMajor ?? 0).") == true)
        }
        let after = await PrivatePostgres.inspect(server.configuration)
        #expect(after.serverProcessID == nil && after.dataMajor != nil)
    }

    private func mode(_ path: String) throws -> UInt32 {
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        return status.st_mode & 0o777
    }
}
