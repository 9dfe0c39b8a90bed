internal import Glibc
internal import Synchronization
internal import System

/// A fresh folder, removed with all that is in it when this value goes, and at the latest after this process.
public final class TemporaryFolder: Sendable {
    public let path: String

    /// - Parameters:
    ///   - name: shown in the path, to tell folders apart.
    ///   - mode: default open to this user alone.
    public init(_ name: String = "folder", mode: UInt32 = 0o700) throws {
        path = try Self.root.get().next(name)
        try Files.makeFolder(path, mode: mode)
    }

    deinit { try? Files.removeTree(path) }

    /// The path of something in the folder.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Everything this process makes lies below one folder.
    private static let root = Result<Root, SystemError> { () throws(SystemError) in try Root() }

    private final class Root: Sendable {
        private let path: String
        private let last = Atomic<Int>(0)
        /// Never written to: who reads the other end learns of this process's end by the pipe's.
        private let pipe: Pipe

        init() throws(SystemError) {
            // Short, since the paths of Unix sockets lie below.
            var template = Array("/tmp/lifeos-XXXXXX".utf8CString)
            guard unsafe mkdtemp(&template) != nil else { throw .last("mkdtemp", "/tmp") }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            pipe = try Pipe()
            try removeAfterThisProcess()
        }

        func next(_ name: String) -> String {
            "\(path)/\(last.wrappingAdd(1, ordering: .relaxed).newValue)-\(name)"
        }

        /// A shell waits for this process to end, kill -9 or not, and for the servers that it leaves to have ended too.
        private func removeAfterThisProcess() throws(SystemError) {
            let script = """
                cat <&3 >/dev/null
                for turn in $(seq 100); do
                    test -z "$(ls -d "$1"/*/postgres/postmaster.pid)" && break
                    sleep 0.1
                done
                rm -rf "$1"
                """
            var program = Program("/bin/sh", ["-c", script, "sh", path], output: .discarded, errors: .discarded)
            program.descriptor = pipe.reading.number
            program.hasOwnGroup = true
            program.workingDirectory = "/"
            _ = try program.startBlocking()
        }
    }
}
