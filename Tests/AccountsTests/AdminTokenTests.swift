import Accounts
import System
import TestSupport
import Testing

@Suite struct AdminTokenTests {
    @Test func theFirstStartMakesAFileOnlyItsOwnerCanRead() throws {
        let folder = try TemporaryFolder("token")
        let path = folder.path("admin-token")
        let token = try AdminToken.load(orMake: path)
        #expect(Files.mode(of: path) == 0o600)
        let text = try Files.readText(path).split(separator: "\n").joined()
        #expect(text.count >= 32)
        #expect(token.matches(text))
        #expect(!token.matches(text + "x"))
        #expect(!token.matches(""))
        #expect(try AdminToken.load(orMake: path).matches(text), "the second start keeps it")
    }

    @Test func aTokenThatCouldBeGuessedIsRefused() throws {
        let folder = try TemporaryFolder("token")
        try Files.replace(folder.path("short"), with: Array("hunter2\n".utf8))
        #expect(throws: AdminToken.Unusable.self) { try AdminToken.load(orMake: folder.path("short")) }
    }
}
