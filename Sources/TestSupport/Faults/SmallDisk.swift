internal import Glibc
internal import System

/// A small file system for a tablespace or a database: the only honest way to have a full disk.
public final class SmallDisk: Sendable {
    public let path: String

    /// - Parameter name: tells it from those of other tests.
    /// - Returns: nil where mounting is not allowed.
    public init?(_ name: String, megabytes: Int, beside cluster: TestCluster) async throws {
        // Not in a temporary folder: the server may not look into those, and needs no path within its own.
        path = "/tmp/lifeos-\(name)-disk-\(getpid())"
        try Files.makeFolder(path)
        let options = "size=\(megabytes)m,mode=700"
        let mounted = try await Program("/bin/mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]).run()
        guard mounted.exit.isSuccess else { return nil }
        _ = try await Program("/bin/chown", ["--reference", cluster.socketFolder, path]).run()
    }

    /// Leaves so many bytes; what was taken before is given back first.
    public func leave(_ bytes: Int64) throws {
        try Files.remove("\(path)/ballast")
        let taken = max(0, (Files.freeBytes(at: path) ?? 0) - bytes)
        try Files.replace("\(path)/ballast", with: [UInt8](repeating: 1, count: Int(taken)))
    }

    public func unmount() async {
        _ = try? await Program("/bin/umount", ["-l", path]).run()
        _ = try? await Program("/bin/rmdir", [path]).run()
    }
}
