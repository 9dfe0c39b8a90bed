import Glibc
import TestSupport
import Testing

@testable import System

@Suite struct BeneathTests {
    /// A folder of its own, with something outside it that must stay out of reach.
    private func withTree(_ body: (_ root: borrowing FileDescriptor) throws -> Void) throws {
        let folder = try TemporaryFolder("beneath")
        let top = folder.path
        let root = folder.path("root")
        try Files.makeFolder("\(root)/inner")
        try Files.replace("\(top)/secret", with: Array("secret".utf8))
        try Files.replace("\(root)/inner/file", with: Array("file".utf8))
        #expect(unsafe symlink("../secret", "\(root)/escape") == 0)
        #expect(unsafe symlink("\(top)/secret", "\(root)/absolute") == 0)
        #expect(unsafe symlink("..", "\(root)/up") == 0)
        #expect(unsafe symlink("inner/file", "\(root)/within") == 0)
        try body(try FileDescriptor.open(root, .directory))
    }

    @Test(arguments: [
        "../secret", "inner/../../secret", "escape", "absolute", "up/secret", "/etc/passwd", "/", "..", "inner/..",
        "missing", "inner/missing", "inner/file/x", "",
    ])
    func whatLeadsOutIsRefused(path: String) throws {
        try withTree { root in
            var refusals = 0
            // Staying within by way of `..` is allowed to the kernel, and is no way out.
            if path != "inner/.." {
                do { _ = try root.open(beneath: path) } catch { refusals += 1 }
            } else {
                refusals += 1
            }
            do { _ = try root.openWithoutLinks(beneath: path) } catch { refusals += 1 }
            #expect(refusals == 2)
        }
    }

    @Test func whatLiesWithinIsOpened() throws {
        try withTree { root in
            #expect(try root.open(beneath: "inner/file").read(upTo: 10) == Array("file".utf8))
            #expect(try root.open(beneath: "within").read(upTo: 10) == Array("file".utf8))
            #expect(try root.openWithoutLinks(beneath: "inner/file").read(upTo: 10) == Array("file".utf8))
            let status = try root.open(beneath: "inner/file").status()
            #expect(status.sizeBytes == 4 && status.isRegularFile && !status.isFolder)
            #expect(status.modified.microsecondsSinceEpoch == status.modifiedNanosecondsSinceEpoch / 1_000)
            #expect(try root.open(beneath: "inner").status().isFolder)
        }
    }
}
