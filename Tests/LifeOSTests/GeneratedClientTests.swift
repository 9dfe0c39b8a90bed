import HTTPClient
import System
import TestSupport
import Testing

/// Clients that other people's programs make of `/openapi.json`. `ops/setup --test` installs the program where it can reach
/// PyPI.
@Suite struct GeneratedClientTests {
    private static let root = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))
    private static let programs = "\(root)/.build/test-python/bin"
    private static var areInstalled: Bool { Files.exists("\(programs)/openapi-python-client") }

    /// What a user of the client writes.
    private static let program = """
        import sys

        from client import AuthenticatedClient
        from client.api.characters import characters_create, characters_history, characters_list, characters_update
        from client.api.entities import entities_search
        from client.models import Character, CharacterData, CharacterPatch, CharacterPage, EntityPage, HistoryPage
        from client.models import ProblemUnprocessableContent

        api = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
        ada = characters_create.sync(client=api, body=CharacterData(name="Ada", age=30))
        assert isinstance(ada, Character) and ada.version == 1 and ada.data.name == "Ada", ada
        older = characters_update.sync(ada.id, client=api, body=CharacterPatch(age=31), x_reason="a birthday")
        assert isinstance(older, Character) and older.version == 2 and older.data.age == 31, older
        page = characters_list.sync(client=api, limit=5, filter_=["age:gte:31"])
        assert isinstance(page, CharacterPage) and [item.id for item in page.items] == [ada.id], page
        found = entities_search.sync(client=api, q="ada")
        assert isinstance(found, EntityPage) and found.total == 1 and found.items[0].id == ada.id, found
        history = characters_history.sync(ada.id, client=api)
        assert isinstance(history, HistoryPage) and [item.version for item in history.items] == [2, 1], history
        assert history.items[0].reason == "a birthday", history
        wrong = characters_create.sync(client=api, body=CharacterData(name="Old", age=-1))
        assert isinstance(wrong, ProblemUnprocessableContent) and wrong.errors[0].pointer == "/age", wrong
        print("done")
        """

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("client") }

    @Test(.enabled(if: areInstalled, "run ops/setup --test where PyPI can be reached"))
    func aClientIsMadeWithoutAWarningAndWorks() async throws {
        let lifeos = try await RunningLifeOS.start(home: folder.path("home"))
        let document = try await lifeos.get("/openapi.json")
        #expect(document.status == 200)
        try Files.replace(folder.path("openapi.json"), with: document.body)
        // The generator lays its files out by a program that stands beside it.
        let environment = Program.plainEnvironment.merging([
            "HOME": folder.path, "PATH": "\(Self.programs):/usr/bin:/bin",
        ]) { $1 }
        let made = try await Program(
            "\(Self.programs)/openapi-python-client",
            [
                "generate", "--path", folder.path("openapi.json"), "--output-path", folder.path("client"),
                "--meta", "none", "--fail-on-warning",
            ], environment: environment, workingDirectory: folder.path
        ).run(timeout: .seconds(300))
        #expect(made.exit == .code(0), "\(made.outputText.suffix(4_000))\(made.errorText.suffix(2_000))")
        try Files.replace(folder.path("use.py"), with: Array(Self.program.utf8))
        let used = try await Program(
            "\(Self.programs)/python3", [folder.path("use.py"), lifeos.address, RunningLifeOS.token],
            environment: environment, workingDirectory: folder.path
        ).run(timeout: .seconds(60))
        #expect(used.exit == .code(0) && used.outputText == "done\n", "\(used.outputText)\(used.errorText)")
        #expect(try await lifeos.stop() == .code(0))
    }
}
