import Glibc
import System
import TestSupport
import Testing

@Suite struct TemporaryFolderTests {
    @Test func aFolderIsFreshAndGoesWithItsValue() throws {
        var folder: TemporaryFolder? = try TemporaryFolder("thing")
        let path = try #require(folder?.path)
        #expect(try Files.names(in: path).isEmpty)
        #expect(try TemporaryFolder("thing").path != path)
        try Files.makeFolder("\(path)/a/b")
        try Files.replace("\(path)/a/b/file", with: [1])
        folder = nil
        #expect(!Files.exists(path))
    }

    @Test func aKilledProcessLeavesNoFolder() async throws {
        let result = await #expect(
            processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]
        ) {
            let folder = try TemporaryFolder("left")
            print("path=\(folder.path)=")
            fflush(nil)
            kill(getpid(), SIGKILL)
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let path = try #require(output.split(separator: "=").first { $0.hasPrefix("/tmp/") })
        try await eventually { !Files.exists(Files.folder(of: String(path))) }
    }
}
