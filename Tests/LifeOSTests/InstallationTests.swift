import JSON
import System
import TestSupport
import Testing

/// The program outside of a checkout, as a package or an archive installs it.
@Suite struct InstallationTests {
    let folder: TemporaryFolder
    private var program: String { folder.path("bin/lifeos") }
    private static let checkout = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))

    init() async throws {
        folder = try TemporaryFolder("installed")
        try Files.makeFolder(folder.path("bin"))
        let copy = Program("/bin/cp", ["--preserve=timestamps", "--reflink=auto", RunningLifeOS.program, program])
        try #require(try await copy.run().exit.isSuccess)
    }

    /// Beside itself, as an archive has them; in `share/lifeos` beside its `bin`, as a package has them.
    @Test(arguments: ["bin", "share/lifeos"])
    func itFindsItsFiles(place: String) async throws {
        try Files.makeFolder(folder.path(place))
        let made = Program(
            "/bin/cp",
            ["-R"] + ["events", "projections", "dashboards"].map { "\(Self.checkout)/\($0)" } + [
                folder.path(place)
            ])
        try #require(try await made.run().exit.isSuccess)
        let page = try await run(["events", "docs"])
        #expect(page.exit == .code(0), "\(page.errorText)")
        #expect(page.outputText.contains("`character.created`"))
    }

    @Test(.enabled(if: !Files.exists("/usr/share/lifeos"), "the package is installed here"))
    func whereTheyAreNotItSaysWhatToSet() async throws {
        let page = try await run(["events", "docs"])
        #expect(page.exit == .code(1))
        #expect(page.errorText.contains("LIFEOS_PROJECTIONS") && page.errorText.contains("/usr/share/lifeos"))
    }

    /// A note that is older than the program is of another build.
    @Test func theVersionTellsTheCommitThatWasNotedAfterTheBuild() async throws {
        #expect(try await commit() == nil)
        try Files.replace("\(program).commit", with: Array("0123456789ab-changed\n".utf8))
        #expect(try await commit() == "0123456789ab-changed")
        let touch = Program("/usr/bin/touch", ["-d", "2020-01-01", "\(program).commit"])
        try #require(try await touch.run().exit.isSuccess)
        #expect(try await commit() == nil)
    }

    private func commit() async throws -> String? {
        try JSONValue(parsing: try await run(["version", "--json"]).output)["commit"]?.string
    }

    private func run(_ arguments: [String]) async throws -> Program.Result {
        try await Program(
            program, arguments, environment: Program.plainEnvironment.merging(["HOME": folder.path]) { $1 }
        )
        .run()
    }
}
