import Glibc
import System
import TestSupport
import Testing

/// Folders in which somebody else puts links and exchanges things while we work.
@Suite struct HostileFolderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("hostile") }

    @Test func nothingIsWrittenThroughALink() throws {
        let precious = folder.path("precious")
        try Files.replace(precious, with: Array("precious".utf8))
        for (name, target) in [("link", precious), ("loose", folder.path("none"))] {
            try #require(unsafe symlink(target, folder.path(name)) == 0)
            for access in [FileDescriptor.Access.append(mode: 0o600), .replace(mode: 0o600), .createNew(mode: 0o600)] {
                #expect(throws: SystemError.self) { _ = try FileDescriptor.open(folder.path(name), access).number }
            }
        }
        #expect(try Files.readText(precious) == "precious")
        #expect(!Files.exists(folder.path("none")))
        try #require(unsafe symlink(folder.path, folder.path("folder")) == 0)
        #expect(throws: SystemError.self) {
            _ = try FileDescriptor.open(folder.path("folder"), .directoryItself).number
        }
        #expect(try FileDescriptor.open(folder.path("folder"), .directory).number >= 0)
    }

    /// The folder was looked at by name and then opened by name; a link put in its place in between was followed.
    @Test func removingATreeFollowsNoLinkThatIsPutInAFoldersPlace() throws {
        let (tree, precious) = (folder.path("tree"), folder.path("precious"))
        try Files.makeFolder(precious)
        try Files.replace("\(precious)/kept", with: [1])
        let attack = Monitor((isOver: false, hasEnded: false))
        Thread.detach(name: "attacker") {
            while !attack.withLock({ $0.isOver }) {
                _ = unsafe mkdir("\(tree)/below", 0o700)
                unsafe rmdir("\(tree)/below")
                _ = unsafe symlink(precious, "\(tree)/below")
                unsafe unlink("\(tree)/below")
            }
            attack.withLock { $0.hasEnded = true }
        }
        for _ in 0..<3_000 {
            try? Files.makeFolder("\(tree)/below")
            try? Files.removeTree(tree)
        }
        attack.withLock { $0.isOver = true }
        attack.wait(until: { $0.hasEnded }) { _ in }
        #expect(try Files.names(in: precious) == ["kept"])
    }

    @Test func aLockIsHeldUntilTheLastWhoInheritedItHasEnded() async throws {
        var other = try FileDescriptor.open(folder.path, .directory)
        let child: Child
        do {
            let own = try FileDescriptor.open(folder.path, .directory)
            #expect(try own.lock())
            #expect(try own.lock())
            #expect(try !other.lock())
            var program = Program("/bin/sh", ["-c", "sleep 1000 & echo ready; exit 0"])
            program.descriptor = own.number
            child = try await program.start()
            #expect(try await child.waitForExit().isSuccess)
        }
        // This process and its child are gone from it; the grandchild is left.
        #expect(try !other.lock())
        let identity = FileIdentity(of: folder.path)
        let left = try Files.names(in: "/proc").compactMap { Int32($0) }.compactMap { RunningProcess(id: $0) }
            .filter { $0.descriptor(3) == identity && $0.id != getpid() }
        #expect(left.map(\.name) == ["sleep"])
        for process in left { process.signal(.kill) }
        try await eventually { try other.lock() }
        other = try FileDescriptor.open(folder.path, .directory)
        // A program that another test starts may have inherited the former one for a moment.
        try await eventually { try other.lock() }
    }

    @Test(.enabled(if: getuid() == 0)) func aWayThatOthersCanChangeIsNamed() throws {
        let home = folder.path("a/home")
        try Files.makeFolder(home, mode: 0o700)
        #expect(try Files.exposure(of: home) == nil)
        #expect(try Files.exposure(of: "\(home)/to/be/made") == nil)
        for mode: UInt32 in [0o777, 0o770, 0o702, 0o1777] {
            try FileDescriptor.open(home, .directory).setMode(mode)
            #expect(try Files.exposure(of: home)?.path == home)
        }
        try FileDescriptor.open(home, .directory).setMode(0o700)
        let parent = folder.path("a")
        try FileDescriptor.open(parent, .directory).setMode(0o777)
        #expect(try Files.exposure(of: home)?.path == parent)
        // Sticky, as /tmp: others can add, but neither remove nor rename what is not theirs.
        try FileDescriptor.open(parent, .directory).setMode(0o1777)
        #expect(try Files.exposure(of: home) == nil)
        try FileDescriptor.open(home, .directory).setOwner(65_534, 0)
        #expect(try Files.exposure(of: home) == Files.exposure(of: "\(home)/below"))
        #expect(try Files.exposure(of: home)?.owner == 65_534)
    }

    @Test(.enabled(if: getuid() == 0)) func theWayThroughALinkIsLookedAtToo() throws {
        try Files.makeFolder(folder.path("open/home"), mode: 0o700)
        try Files.makeFolder(folder.path("closed"), mode: 0o700)
        try FileDescriptor.open(folder.path("open"), .directory).setMode(0o777)
        try #require(unsafe symlink("../open", folder.path("closed/link")) == 0)
        #expect(try Files.exposure(of: folder.path("closed/link/home"))?.path == folder.path("open"))
        try FileDescriptor.open(folder.path("open"), .directory).setMode(0o755)
        #expect(try Files.exposure(of: folder.path("closed/link/home")) == nil)
        try #require(unsafe lchown(folder.path("closed/link"), 65_534, 0) == 0)
        #expect(try Files.exposure(of: folder.path("closed/link/home"))?.path == folder.path("closed/link"))
        try #require(unsafe symlink("loop", folder.path("closed/loop")) == 0)
        #expect(throws: SystemError.self) { try Files.exposure(of: folder.path("closed/loop")) }
    }

    @Test(.enabled(if: getuid() == 0)) func theFilesOfAnotherUserAreReachedAsThatUser() throws {
        // Others can get to no temporary folder of ours.
        let open = "/tmp/lifeos-open-\(getpid())"
        try Files.makeFolder(open, mode: 0o711)
        defer { try? Files.removeTree(open) }
        let path = "\(open)/own"
        try Files.replace(path, with: Array("own".utf8), mode: 0o600)
        #expect(throws: SystemError.self) {
            try Files.reaching(as: 65_534, 65_534) { try Files.readText(path) }
        }
        #expect(try Files.readText(path) == "own")
        try FileDescriptor.open(path, .read).setOwner(65_534, 65_534)
        #expect(try Files.reaching(as: 65_534, 65_534) { try Files.readText(path) } == "own")
        // Still one that others of the same user may look into, as `gdb` and crash reports do.
        #expect(FileIdentity(of: "/proc/self/cwd") != nil)
    }
}
