import Glibc
import PrivatePostgres
import System
import TestSupport
import Testing

@Suite struct RefusalTests {
    @Test func aSecondOwnerIsRefusedAndToldWhoHoldsTheHome() async throws {
        let server = try await Server.used()
        try await server.run { postgres in
            let error = try await refusal(server.start)
            #expect(error.code == .homeInUse)
            #expect(error.message.contains("process \(getpid())"))
            try await postgres.expect("select 1", answers: "1")
        }
    }

    @Test(arguments: ["14", "99"]) func dataOfAVersionThatIsNotInstalledAreRefusedWithAWayOut(_ version: String)
        async throws
    {
        let server = try await Server.used()
        try Files.replace("\(server.data)/PG_VERSION", with: Array("\(version)\n".utf8))
        let error = try await refusal(server.start)
        #expect(error.code == .versionMismatch)
        #expect(error.message.contains("PostgreSQL \(version)"))
        #expect(error.advice.contains("postgresql-\(version)") && error.advice.contains("pg_upgrade"))
        #expect(await PrivatePostgres.inspect(server.configuration).problem?.code == .versionMismatch)
    }

    @Test func missingProgramsAreRefusedWithAWayOut() async throws {
        var server = try Server()
        server.configuration.binaries = "/no/such/folder"
        let error = try await refusal(server.start)
        #expect(error.code == .notInstalled)
        #expect(error.message.contains("/no/such/folder") && error.advice.contains("apt install"))
    }

    @Test(arguments: ["/dev/null/home", "/proc/home", "relative/home"])
    func aHomeThatCannotBeMadeIsRefused(_ home: String) async throws {
        let error = try await refusal { try await PrivatePostgres.start(.init(home: home)) }
        #expect(error.code == .homeUnusable)
        #expect(error.message.contains(home) && error.advice.contains("LIFEOS_HOME"))
    }

    @Test func aHomeTooLongForASocketIsRefusedBeforeAnythingIsMade() async throws {
        let server = try Server()
        let home = server.folder.path(String(repeating: "x", count: 80))
        let error = try await refusal { try await PrivatePostgres.start(.init(home: home)) }
        #expect(error.code == .pathTooLong)
        #expect(!Files.exists(home))
    }

    @Test func theLongestHomeThatFitsWorks() async throws {
        let rest = 107 - "/postgres.draft/.s.PGSQL.5432".utf8.count - (try TemporaryFolder("home").path("")).utf8.count
        // A byte to spare, since the folders of this run are numbered.
        let server = try await Server.used(name: String(repeating: "x", count: rest - 1))
        try await server.run { postgres in
            try await postgres.expect("select 1", answers: "1")
        }
    }

    @Test func aFolderWithOtherThingsInItIsLeftAlone() async throws {
        let server = try await Server.used()
        try Files.remove("\(server.data)/PG_VERSION")
        let error = try await refusal(server.start)
        #expect(error.code == .dataUnusable)
        #expect(Files.exists("\(server.data)/base"))
    }

    @Test(.enabled(if: getuid() == 0)) func dataOfAnotherUserAreRefused() async throws {
        let server = try Server()
        try Files.makeFolder(server.data, mode: 0o700)
        let error = try await refusal(server.start)
        #expect(error.code == .dataUnusable)
        #expect(error.message.contains("user 0"))
    }

    @Test(.enabled(if: getuid() == 0), arguments: ["root", "no_such_user"])
    func aServerRunsNeitherAsRootNorAsNobodyKnown(_ account: String) async throws {
        var server = try Server()
        server.configuration.account = account
        let error = try await refusal(server.start)
        #expect(error.code == .noAccount)
        #expect(error.advice.contains("LIFEOS_POSTGRES_USER"))
    }

    @Test(.enabled(if: getuid() == 0)) func anotherAccountServesAsWell() async throws {
        var server = try Server()
        server.configuration.account = "nobody"
        try await server.run { postgres in
            try await postgres.expect("select 1", answers: "1")
        }
    }
}
