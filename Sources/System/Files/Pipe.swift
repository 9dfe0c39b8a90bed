internal import CLinux
internal import Glibc

/// Two ends of a pipe, both close-on-exec. Reading ends once every copy of the writing end is closed.
public struct Pipe: ~Copyable, Sendable {
    public let reading: FileDescriptor
    private var writingEnd: FileDescriptor?

    public init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw .last("pipe") }
        reading = FileDescriptor(adopting: ends[0])
        writingEnd = FileDescriptor(adopting: ends[1])
    }

    /// The number of the writing end; `nil` once closed.
    public var writing: Int32? {
        switch writingEnd {
        case .some(let end): end.number
        case nil: nil
        }
    }

    public mutating func closeWriting() { writingEnd = nil }
}
