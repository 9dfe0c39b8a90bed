internal import Glibc
internal import System

/// A file open for sending, with the length it had then.
final class OpenFile: Sendable {
    private let descriptor: FileDescriptor
    let length: Int

    /// Takes regular files only: opening a pipe could block, and a folder has no bytes.
    init(_ path: String) throws(SystemError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .last("open", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(code: EINVAL, operation: "open", subject: path)
        }
        descriptor = try FileDescriptor.open(path, .read)
        let end = lseek(descriptor.number, 0, SEEK_END)
        guard end >= 0 else { throw .last("lseek", path) }
        length = end
    }

    /// Fills the buffer from an offset; 0 at the end, negative when the file cannot be read.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe pread(descriptor.number, buffer.baseAddress, buffer.count, offset)
    }
}
