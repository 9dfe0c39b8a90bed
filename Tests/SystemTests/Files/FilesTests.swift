import Glibc
import System
import TestSupport
import Testing

@Suite struct FilesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("files") }

    @Test func whatIsWrittenIsRead() throws {
        let path = folder.path("file")
        var random = SeededRandom.forTest()
        for count in [0, 1, 65_535, 65_536, 65_537, 300_000] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            try Files.replace(path, with: bytes)
            #expect(try Files.read(path) == bytes)
            #expect(Files.size(of: path) == count)
        }
        #expect(try Files.names(in: folder.path) == ["file"], "no draft is left")
    }

    @Test func aReaderNeverSeesHalfAFileWhoeverWrites() async throws {
        let path = folder.path("file")
        try Files.replace(path, with: Array(repeating: 0, count: 50_000))
        try await withThrowingTaskGroup { group in
            for value in UInt8(1)...4 {
                group.addTask {
                    for _ in 0..<10 { try Files.replace(path, with: Array(repeating: value, count: 50_000)) }
                }
            }
            for _ in 0..<100 {
                let bytes = try Files.read(path)
                #expect(bytes.count == 50_000 && Set(bytes).count == 1)
            }
            try await group.waitForAll()
        }
        #expect(try Files.names(in: folder.path) == ["file"])
    }

    @Test func aFailedReplacementLeavesTheOldFileAndNoDraft() throws {
        try Files.makeFolder(folder.path("taken"))
        let error = #expect(throws: SystemError.self) { try Files.replace(folder.path("taken"), with: [1]) }
        #expect(error?.operation == "rename" && error?.code == EISDIR)
        #expect(try Files.names(in: folder.path) == ["taken"])
        #expect(throws: SystemError.self) { try Files.replace("/no/such/folder/file", with: []) }
    }

    @Test func aFileHasTheModeAsked() throws {
        try Files.replace(folder.path("secret"), with: [1], mode: 0o600)
        #expect(try mode("secret") == 0o600)
        // Replaced, it takes the new one.
        try Files.replace(folder.path("secret"), with: [1], mode: 0o400)
        #expect(try mode("secret") == 0o400)
    }

    @Test func aFileLargerThanTheLimitIsRefused() throws {
        try Files.replace(folder.path("file"), with: Array(repeating: 1, count: 100))
        #expect(try Files.read(folder.path("file"), limit: 100).count == 100)
        let error = #expect(throws: SystemError.self) { try Files.read(folder.path("file"), limit: 99) }
        #expect(error?.code == EFBIG)
        #expect(throws: SystemError.self) { try Files.read("/dev/zero", limit: 1 << 20) }
        #expect(throws: SystemError.self) { try Files.read(folder.path) }
    }

    @Test func errorsNameTheFileAndTheReason() throws {
        let error = #expect(throws: SystemError.self) { try Files.read("/no/such/file") }
        #expect(error?.description == "open /no/such/file: No such file or directory")
        #expect(SystemError(code: EACCES, operation: "bind").description == "bind: Permission denied")
    }

    @Test func foldersAreMadeWithTheOnesAboveThem() throws {
        let path = folder.path("a/b/c")
        try Files.makeFolder(path, mode: 0o700)
        #expect(Files.isFolder(path) && Files.exists(path))
        try Files.makeFolder(path)
        #expect(try mode("a/b/c") == 0o700)
        try Files.replace(folder.path("file"), with: [])
        #expect(!Files.isFolder(folder.path("file")))
        #expect(throws: SystemError.self) { try Files.makeFolder(folder.path("file")) }
        #expect(throws: SystemError.self) { try Files.makeFolder(folder.path("file/below")) }
    }

    @Test func namesAreSortedAndWithoutTheDots() throws {
        for name in ["b", ".hidden", "a", "ä"] { try Files.replace(folder.path(name), with: []) }
        #expect(try Files.names(in: folder.path) == [".hidden", "a", "b", "ä"])
        #expect(throws: SystemError.self) { try Files.names(in: folder.path("none")) }
    }

    @Test func removingATreeLeavesWhatItsLinksLeadTo() throws {
        try Files.makeFolder(folder.path("tree/below"))
        try Files.replace(folder.path("tree/below/file"), with: [1])
        try Files.replace(folder.path("kept"), with: [1])
        try #require(unsafe symlink(folder.path, folder.path("tree/link")) == 0)
        try Files.removeTree(folder.path("tree"))
        try Files.removeTree(folder.path("tree"))
        #expect(try Files.names(in: folder.path) == ["kept"])
        try Files.remove(folder.path("kept"))
        try Files.remove(folder.path("kept"))
        #expect(throws: SystemError.self) { try Files.remove(folder.path) }
    }

    @Test func aTreeTakesWhatItsFilesTake() throws {
        #expect(Files.treeBytes(folder.path("none")) == 0)
        let empty = Files.treeBytes(folder.path)
        try Files.replace(folder.path("file"), with: Array(repeating: 1, count: 1 << 20))
        #expect(Files.treeBytes(folder.path) - empty >= 1 << 20)
    }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("/", "/"), ("a", "/"), ("/a/b/", "/a/b")])
    func theFolderOfAPathIsBeforeItsLastSlash(_ path: String, _ parent: String) {
        #expect(Files.folder(of: path) == parent)
    }

    @Test func theMachineHasMemory() {
        #expect(Machine.memoryBytes > 64 << 20)
    }

    private func mode(_ name: String) throws -> UInt32 {
        var status = stat()
        try #require(unsafe stat(folder.path(name), &status) == 0)
        return status.st_mode & 0o777
    }
}

@Suite struct FileDescriptorTests {
    @Test func eachAccessDoesWhatItSays() throws {
        let folder = try TemporaryFolder("files")
        let path = folder.path("file")
        try FileDescriptor.open(path, .createNew(mode: 0o600)).write(Array("one".utf8).span)
        let error = #expect(throws: SystemError.self) {
            _ = try FileDescriptor.open(path, .createNew(mode: 0o600)).number
        }
        #expect(error?.code == EEXIST)
        try FileDescriptor.open(path, .append(mode: 0o600)).write(Array(" two".utf8).span)
        #expect(try Files.readText(path) == "one two")
        try FileDescriptor.open(path, .replace(mode: 0o600)).write(Array("x".utf8).span)
        #expect(try Files.readText(path) == "x")
        let reading = try FileDescriptor.open(path, .read)
        #expect(try reading.read(upTo: 10) == [120])
        #expect(try reading.read(upTo: 10).isEmpty)
        #expect(throws: SystemError.self) { try reading.write([1].span) }
        #expect(throws: SystemError.self) { _ = try FileDescriptor.open(path, .directory).number }
        try FileDescriptor.open(folder.path, .directory).sync()
    }

    @Test func everyDescriptorIsClosedForChildren() throws {
        let file = try FileDescriptor.open("/dev/null", .read)
        let pipe = try Pipe()
        for number in [file.number, pipe.reading.number, pipe.writing ?? -1] {
            #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
        }
    }

    @Test func aPipeEndsOnceItsWritingEndIsClosed() throws {
        var pipe = try Pipe()
        let writing = FileDescriptor(adopting: dup(pipe.writing ?? -1))
        pipe.closeWriting()
        #expect(pipe.writing == nil)
        try writing.write([1, 2, 3].span)
        #expect(try pipe.reading.read(upTo: 2) == [1, 2])
        // Released by nobody but its end of life.
        close(writing.release())
        #expect(try pipe.reading.read(upTo: 2) == [3])
        #expect(try pipe.reading.read(upTo: 2).isEmpty)
    }

    @Test func aDescriptorIsClosedWithItsValue() throws {
        var pipe = try Pipe()
        let number = dup(pipe.writing ?? -1)
        pipe.closeWriting()
        do {
            let writing = FileDescriptor(adopting: number)
            try writing.write([1].span)
        }
        #expect(try pipe.reading.read(upTo: 10) == [1])
        #expect(try pipe.reading.read(upTo: 10).isEmpty)
    }
}
