import Glibc
import HTTPClient
import System
import TestSupport
import Testing

/// What the program is started in: with fewer rights than root has, and with variables that are meant for others.
@Suite struct SurroundingsTests {
    let folder: TemporaryFolder
    var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("surroundings") }

    /// Root in a container, which may not look into the processes of other users. There every command beside `serve`
    /// waited for a server that it could not see, and a restart did not see what the killed server had left.
    @Test(.enabled(if: getuid() == 0)) func rootThatMayNotTraceOthersCanDoEverything() async throws {
        let launcher = ["/usr/bin/setpriv", "--bounding-set=-sys_ptrace"]
        let killed = try await RunningLifeOS.start(home: home, launcher: launcher)
        let shown = try await RunningLifeOS.run(["log", "show"], home: home, launcher: launcher)
        #expect(shown.exit == .code(0), "\(shown.errorText)")
        let second = try await RunningLifeOS.run(["serve"], home: home, launcher: launcher)
        #expect(second.exit == .code(1))
        #expect(second.errorText.contains("process \(killed.child.processID) (lifeos)"), "\(second.errorText)")
        killed.child.signal(.kill)
        _ = try await killed.child.waitForExit()
        let again = try await RunningLifeOS.start(home: home, launcher: launcher)
        #expect(try await again.get("/health/ready").status == 200)
        #expect(try await again.stop() == .code(0))
    }

    /// `PGHOSTADDR` won over the host that is said, and `PGSERVICE` filled in what is not.
    @Test func noVariableOfLibpqDivertsAConnection() async throws {
        let database = try await TestDatabase.make()
        let hostile = [
            "PGHOST": "192.0.2.1", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGDATABASE": "elsewhere",
            "PGUSER": "nobody", "PGSERVICE": "nowhere", "PGSERVICEFILE": "/no/such/file", "PGSYSCONFDIR": "/no/such",
            "PGOPTIONS": "-c search_path=nowhere", "PGAPPNAME": "another", "PGSSLMODE": "verify-full",
            "PGREQUIRESSL": "1", "PGSSLCOMPRESSION": "2", "PGSSLCERT": "/no/cert", "PGSSLKEY": "/no/key",
            "PGSSLROOTCERT": "/no/root", "PGSSLCRL": "/no/crl", "PGSSLCRLDIR": "/no/crls", "PGSSLSNI": "x",
            "PGSSLMINPROTOCOLVERSION": "TLSv9", "PGSSLMAXPROTOCOLVERSION": "TLSv0", "PGSSLNEGOTIATION": "direct",
            "PGREQUIREPEER": "nobody", "PGREQUIREAUTH": "none", "PGCHANNELBINDING": "require",
            "PGGSSENCMODE": "require", "PGGSSLIB": "x", "PGKRBSRVNAME": "x", "PGGSSDELEGATION": "1",
            "PGCONNECT_TIMEOUT": "x", "PGCLIENTENCODING": "SQL_ASCII", "PGTARGETSESSIONATTRS": "standby",
            "PGLOADBALANCEHOSTS": "x", "PGDATESTYLE": "SQL", "PGTZ": "Asia/Tokyo", "PGGEQO": "nonsense",
            "PGMINPROTOCOLVERSION": "9", "PGSOMETHINGNEW": "x",
        ]
        for own in [[:], ["DATABASE_URL": database.conninfo]] {
            let result = try await RunningLifeOS.run(
                ["migrate", "--json"], home: home, own.merging(hostile) { $1 })
            #expect(result.exit == .code(0), "\(result.errorText)")
        }
        let doctor = try await RunningLifeOS.run(["doctor", "--json"], home: home, hostile)
        #expect(doctor.outputText.contains("Ignored: PGAPPNAME, "), "\(doctor.outputText)")
        await database.drop()
    }

    @Test(.enabled(if: getuid() == 0)) func asRootAHomeThatOthersCanWriteIsRefusedWhateverTheDatabase() async throws {
        let database = try await TestDatabase.make()
        try Files.makeFolder(home)
        try FileDescriptor.open(home, .directory).setMode(0o777)
        for own in [[:], ["DATABASE_URL": database.conninfo]] {
            let result = try await RunningLifeOS.run(["serve"], home: home, own)
            #expect(result.exit == .code(1))
            #expect(result.errorText.contains("chmod go-w \(home)"), "\(result.errorText)")
        }
        #expect(try Files.names(in: home) == [])
        await database.drop()
    }

    @Test(arguments: [
        "postgres//me:hunter2pass@db/lifeos", "postgress://me:hunter2pass@db/lifeos",
        "postgres://me:hunter2pass%zz@db/lifeos", "postgres://me:12/hunter2pass@db/lifeos",
        "postgres://me:hunter2pass/x@db/lifeos", "postgres://me:x@hunter2pass@db/lifeos",
        "postgres://me:hunter2pass@[::1/lifeos", "postgres://me@corp:hunter2pass@db/lifeos",
        "host=db password=x hunter2pass user=me", "host=db password='hunter2pass user=me",
        "host=me:hunter2pass@db", "me:hunter2pass@db/lifeos",
    ])
    func aMistypedDatabaseAddressIsRefusedWithoutRepeatingIt(_ address: String) async throws {
        let result = try await RunningLifeOS.run(["log", "show"], home: home, ["DATABASE_URL": address])
        #expect(result.exit == .code(2))
        #expect(result.errorText.contains("DATABASE_URL"))
        #expect(!(result.outputText + result.errorText).contains("hunter2"), "\(result.errorText)")
    }
}
