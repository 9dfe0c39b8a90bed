import Glibc
import System
import TestSupport
import Testing

@testable import PrivatePostgres

/// Homes in which others can put things. As root we would follow their links and write over anything.
@Suite struct HostileHomeTests {
    @Test(.enabled(if: getuid() == 0), arguments: [0o777, 0o1777, 0o775] as [UInt32])
    func asRootAHomeThatOthersCanWriteIsRefused(_ mode: UInt32) async throws {
        let server = try Server()
        try FileDescriptor.open(server.folder.path, .directory).setMode(mode)
        let error = try await refusal(server.start)
        #expect(error.code == .homeUnusable)
        #expect(error.message.contains("can be written by others") && error.advice.contains("chmod go-w"))
        #expect(try Files.names(in: server.folder.path) == [])
        #expect(await PrivatePostgres.inspect(server.configuration).problem?.code == .homeUnusable)
    }

    @Test(.enabled(if: getuid() == 0)) func asRootAHomeOfAnotherUserIsRefused() async throws {
        let server = try Server()
        try FileDescriptor.open(server.folder.path, .directory).setOwner(65_534, 65_534)
        let error = try await refusal(server.start)
        #expect(error.code == .homeUnusable)
        #expect(error.message.contains("belongs to user 65534"))
        #expect(try Files.names(in: server.folder.path) == [])
    }

    @Test func theLockIsNotWrittenThroughALink() async throws {
        let server = try Server()
        let precious = server.folder.path("precious")
        try Files.replace(precious, with: Array("precious".utf8))
        try #require(unsafe symlink(precious, server.configuration.lockPath) == 0)
        #expect(throws: SystemError.self) { try HomeLock.take(server.configuration.lockPath) }
        #expect(try await refusal(server.start).code == .homeUnusable)
        #expect(try Files.readText(precious) == "precious")
    }

    @Test func theLogIsNotWrittenThroughALink() throws {
        let folder = try TemporaryFolder("log")
        let precious = folder.path("precious")
        try Files.replace(precious, with: Array("precious".utf8))
        try #require(unsafe symlink(precious, folder.path("postgres.log")) == 0)
        let log = ServerLog(path: folder.path("postgres.log"), bytesMax: 100)
        log.write(Array("a line\n".utf8))
        #expect(log.lines == ["a line"])
        #expect(try Files.readText(precious) == "precious")
    }

    /// A first start removes what a former one left half made.
    @Test func aLinkInPlaceOfTheDraftLeadsNowhere() async throws {
        let server = try Server()
        let precious = server.folder.path("precious")
        try Files.makeFolder(precious)
        try Files.replace("\(precious)/kept", with: [1])
        let mode = Files.mode(of: precious)
        try #require(unsafe symlink(precious, server.configuration.draftFolder) == 0)
        try await server.run { postgres in
            try await postgres.expect("select 1", answers: "1")
        }
        #expect(try Files.names(in: precious) == ["kept"])
        #expect(Files.mode(of: precious) == mode && Files.owner(of: precious) == getuid())
    }
}
