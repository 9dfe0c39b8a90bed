import Glibc
import System
import TestSupport
import Testing

@Suite struct UnixSocketTests {
    let folder: TemporaryFolder
    var path: String { folder.path("socket") }

    init() throws { folder = try TemporaryFolder("socket") }

    @Test func aSocketTellsWhoListensAtIt() throws {
        #expect(try UnixSocket.listener(at: path) == .nobody)
        do {
            let socket = try UnixSocket.listen(at: path, mode: 0o600, backlog: 8)
            #expect(try UnixSocket.listener(at: path) == .process(getpid()))
            #expect(Files.mode(of: path) == 0o600)
            let error = #expect(throws: SystemError.self) {
                _ = try UnixSocket.listen(at: path, mode: 0o600, backlog: 8).number
            }
            #expect(error?.code == EADDRINUSE)
            #expect(fcntl(socket.number, F_GETFD) == FD_CLOEXEC)
        }
        #expect(try UnixSocket.listener(at: path) == .nobody)
        #expect(Files.exists(path))
    }

    @Test func aListenerThatIsFullIsStillThereAndNotWaitedFor() throws {
        let socket = try UnixSocket.listen(at: path, mode: 0o600, backlog: 0)
        // Each question is a connection that waits to be accepted.
        var answers: [UnixSocket.Listener] = []
        while answers.last != .process(nil), answers.count < 100 { answers.append(try UnixSocket.listener(at: path)) }
        #expect(answers.first == .process(getpid()))
        #expect(answers.last == .process(nil))
        #expect(socket.number >= 0)
    }

    @Test func whatADeadProcessLeftIsReplaced() throws {
        for _ in 0..<2 { _ = try UnixSocket.listen(at: path, mode: 0o600, backlog: 8).number }
        try UnixSocket.removeAbandoned(path)
        #expect(!Files.exists(path))
        try UnixSocket.removeAbandoned(path)
    }

    /// Connecting to a regular file is refused in the same words as connecting to a dead socket: the file was removed.
    @Test func anotherFileIsLeftAloneAndRefused() throws {
        let precious = folder.path("precious")
        try Files.replace(precious, with: Array("precious".utf8))
        try Files.makeFolder(folder.path("folder"))
        try #require(unsafe symlink(precious, folder.path("link")) == 0)
        try #require(unsafe symlink(folder.path("none"), folder.path("loose")) == 0)
        for name in ["precious", "folder", "link", "loose"] {
            let error = #expect(throws: SystemError.self) {
                _ = try UnixSocket.listen(at: folder.path(name), mode: 0o600, backlog: 8).number
            }
            #expect(error?.code == EEXIST, "\(name)")
            try UnixSocket.removeAbandoned(folder.path(name))
        }
        #expect(try Files.names(in: folder.path) == ["folder", "link", "loose", "precious"])
        #expect(try Files.readText(precious) == "precious")
    }

    @Test func aSocketInUseIsNotTakenForAbandoned() throws {
        let socket = try UnixSocket.listen(at: path, mode: 0o600, backlog: 8)
        try UnixSocket.removeAbandoned(path)
        #expect(try UnixSocket.listener(at: path) == .process(getpid()))
        #expect(socket.number >= 0)
    }

    @Test func aPathThatIsTooLongIsRefused() {
        let long = folder.path(String(repeating: "x", count: 108))
        let error = #expect(throws: SystemError.self) {
            _ = try UnixSocket.listen(at: long, mode: 0o600, backlog: 8).number
        }
        #expect(error?.code == ENAMETOOLONG)
    }
}
