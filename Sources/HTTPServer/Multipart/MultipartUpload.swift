internal import Glibc
public import System

/// Takes a `multipart/form-data` body as it arrives: files go to disk, fields stay in memory.
///
/// ```swift
/// var upload = try MultipartUpload(contentType: type, configuration)
/// for try await chunk in request.stream { try upload.push(chunk) }
/// let form = try upload.finish()
/// try form.files[0].keep(at: path)
/// ```
///
/// Writing blocks the thread that pushes. Whatever is dropped before it was kept is removed from the disk.
public struct MultipartUpload: ~Copyable, Sendable {
    public struct Configuration: Sendable {
        /// Where files are written, as an absolute path: on the file system where they shall stay.
        public var folder: String
        public var limits = MultipartParser.Limits()
        /// The text of one field.
        public var fieldBytesMax = 64 << 10
        /// The text of all fields.
        public var allFieldsBytesMax = 1 << 20

        public init(folder: String) { self.folder = folder }
    }

    /// A file that is still being written.
    private struct Draft: ~Copyable {
        let part: MultipartPart
        let place: TemporaryPlace
        let descriptor: FileDescriptor
        var sizeBytes: Int64 = 0
    }

    private let configuration: Configuration
    private let identifiers: any IdentifierSource
    private var parser: MultipartParser
    /// The part at hand is either of the two.
    private var field: (name: String, text: [UInt8])?
    private var draft: Draft?
    private var fields: [(name: String, value: String)] = []
    private var fieldBytes = 0
    private var files: [UploadedFile] = []

    public init(
        contentType: MediaType, _ configuration: Configuration,
        identifiers: any IdentifierSource = TimeOrderedIdentifiers()
    ) throws(Problem) {
        self.configuration = configuration
        self.identifiers = identifiers
        parser = try MultipartParser(contentType: contentType, limits: configuration.limits)
    }

    /// - Throws: a `Problem` that says what the client can do, or a `SystemError` of the disk's.
    public mutating func push(_ chunk: [UInt8]) throws {
        do {
            for event in try parser.push(chunk) {
                switch event {
                case .partBegan(let part): try begin(part)
                case .data(let bytes): try write(bytes)
                case .partEnded: try end()
                case .finished: break
                }
            }
        } catch let error as SystemError {
            throw Self.inAnswer(to: error)
        }
    }

    /// Says that the body is over.
    public consuming func finish() throws(Problem) -> UploadedForm {
        try parser.finish()
        return UploadedForm(fields: Parameters(pairs: fields), files: files)
    }

    /// A full disk is for the client to know; anything else stays ours.
    static func inAnswer(to error: SystemError) -> any Error {
        [ENOSPC, EDQUOT].contains(error.code) ? Problem.insufficientStorage() : error
    }

    private mutating func begin(_ part: MultipartPart) throws(SystemError) {
        guard part.fileName != nil else {
            field = (part.name, [])
            return
        }
        let path = "\(configuration.folder)/\(Self.namePrefix)\(identifiers.next())"
        let descriptor = try FileDescriptor.open(path, .createNew(mode: 0o600))
        draft = Draft(part: part, place: TemporaryPlace(path: path), descriptor: descriptor)
    }

    private mutating func write(_ bytes: ArraySlice<UInt8>) throws {
        draft?.sizeBytes += Int64(bytes.count)
        try draft?.descriptor.write(bytes.span)
        guard let name = field?.name else { return }
        fieldBytes += bytes.count
        field?.text += bytes
        guard field?.text.count ?? 0 <= configuration.fieldBytesMax else {
            throw Problem.payloadTooLarge("The field `\(name)`", limitBytes: configuration.fieldBytesMax)
        }
        guard fieldBytes <= configuration.allFieldsBytesMax else {
            throw Problem.payloadTooLarge("The text of all fields", limitBytes: configuration.allFieldsBytesMax)
        }
    }

    private mutating func end() throws(Problem) {
        if let draft = draft.take() {
            files.append(UploadedFile(part: draft.part, sizeBytes: draft.sizeBytes, place: draft.place))
        }
        guard let (name, text) = field.take() else { return }
        guard (try? UTF8Span(validating: text.span)) != nil, !text.contains(0) else {
            throw .invalidParameters([
                Problem.Field(.parameter(name), "malformed", "Send text in UTF-8 without NUL characters.")
            ])
        }
        fields.append((name, String(decoding: text, as: UTF8.self)))
    }
}

extension MultipartUpload {
    private static let namePrefix = "upload-"

    /// Removes what a crash left behind in the folder. Call it before the first upload, never during one.
    public static func removeLeftovers(in folder: String) throws(SystemError) {
        for name in try Files.names(in: folder) where name.hasPrefix(namePrefix) {
            try Files.remove("\(folder)/\(name)")
        }
    }
}
