internal import Synchronization
public import System

/// A form that came whole.
public struct UploadedForm: Sendable {
    /// The parts without a file name, as text.
    public let fields: Parameters
    /// The parts with a file name, in order.
    public let files: [UploadedFile]
}

/// A file that came with a form, on disk under a name of ours. It is removed with the last copy of this value, unless
/// it was kept.
public struct UploadedFile: Sendable {
    /// What the part's headers said.
    public let part: MultipartPart
    public let sizeBytes: Int64
    private let place: TemporaryPlace

    init(part: MultipartPart, sizeBytes: Int64, place: TemporaryPlace) {
        self.part = part
        self.sizeBytes = sizeBytes
        self.place = place
    }

    /// Where it lies until it is kept.
    public var path: String { place.path }

    /// Moves it to where it shall stay, in place of whatever is there.
    /// - Parameters:
    ///   - destination: an absolute path of ours on the same file system; never made from ``MultipartPart/fileName``.
    ///   - isDurable: returns only when the file would survive a loss of power.
    public func keep(at destination: String, isDurable: Bool = true) throws(SystemError) {
        if isDurable { try FileDescriptor.open(path, .read).sync() }
        try place.move(to: destination)
        if isDurable { try FileDescriptor.open(Files.folder(of: destination), .directory).sync() }
    }
}

/// A path whose file goes away with this value, unless it was moved elsewhere.
final class TemporaryPlace: Sendable {
    let path: String
    private let isMoved = Atomic(false)

    init(path: String) { self.path = path }

    deinit {
        // Nobody is left to tell; what stays is cleared by `MultipartUpload.removeLeftovers(in:)`.
        if !isMoved.load(ordering: .acquiring) { try? Files.remove(path) }
    }

    func move(to destination: String) throws(SystemError) {
        try Files.rename(path, to: destination)
        isMoved.store(true, ordering: .releasing)
    }
}
