internal import Glibc
public import System

/// Answers with the files beneath one folder: entity tags, dates, one range, gzip.
///
/// It decides and opens; who holds the connection sends. Files may change at any time, each answer looks again.
public final class StaticFiles: Sendable {
    public struct Configuration: Sendable {
        /// The folder, as an absolute path. Links that lead out of it are not followed; names that begin with a dot
        /// are not served.
        public var root: String
        /// `no-cache` lets clients keep a file, but ask whether it is still the same.
        public var cacheControl = "no-cache"
        /// What a path that ends with a slash stands for; `nil` for nothing.
        public var indexName: String? = "index.html"
        public var pathBytesMax = 1_024
        /// Smaller files are not worth compressing.
        public var compressFromBytes: Int64 = 1_024
        /// Larger files are sent plain, since compressing happens while the first client waits.
        public var compressUpToBytes: Int64 = 1 << 20
        /// All compressed variants together.
        public var compressedCacheBytesMax = 8 << 20

        public init(root: String) { self.root = root }
    }

    private let configuration: Configuration
    private let root: FileDescriptor
    private let variants: CompressedVariants

    public init(_ configuration: Configuration) throws(SystemError) {
        self.configuration = configuration
        root = try FileDescriptor.open(configuration.root, .directory)
        variants = CompressedVariants(bytesMax: configuration.compressedCacheBytesMax)
    }

    /// What to send.
    public struct Answer: ~Copyable, Sendable {
        public enum Body: ~Copyable, Sendable {
            case none
            case bytes([UInt8])
            /// These bytes of the file.
            case file(FileDescriptor, Range<Int64>)
        }

        public let status: Status
        public let headers: [(name: String, value: String)]
        /// For `HEAD` the same as for `GET`: what it would be, and not to be sent.
        public let body: Body
        /// The size of `body`; for 304 what it would be.
        public let contentLength: Int64

        /// The answer taken apart, so that its file can be handed on.
        public consuming func takeBody() -> Body { body }
    }

    /// Bytes used by compressed variants now.
    public var compressedBytes: Int { variants.bytes }

    /// - Parameters:
    ///   - path: the rest of the request's path below the prefix, still percent-encoded.
    ///   - header: gives the value of a request header, several joined with commas.
    public func answer(
        method: String, path: String, header: (String) -> String?
    ) throws(Problem) -> Answer {
        guard method == "GET" || method == "HEAD" else {
            throw .methodNotAllowed(method, allowed: ["GET", "HEAD"])
        }
        guard path.utf8.count <= configuration.pathBytesMax else {
            throw .uriTooLong(limitBytes: configuration.pathBytesMax)
        }
        guard let relative = SafePath.decode(path, indexName: configuration.indexName) else { throw .notFound() }
        let file = try open(relative)
        guard let status = try? file.status(), status.isRegularFile else { throw .notFound() }
        return try answer(FoundFile(path: relative, status: status), file, header)
    }

    private func open(_ path: String) throws(Problem) -> FileDescriptor {
        do throws(SystemError) { return try root.open(beneath: path) } catch {
            throw error.isForWantOfResources
                ? .serviceUnavailable("The file cannot be opened now.", retryAfter: .seconds(1)) : .notFound()
        }
    }

    private func answer(
        _ found: FoundFile, _ file: consuming FileDescriptor, _ header: (String) -> String?
    ) throws(Problem) -> Answer {
        let compressed = compressed(found, file, header)
        let tag = compressed == nil ? found.tag : found.compressedTag
        var headers = [
            (name: "ETag", value: tag.description), (name: "Last-Modified", value: found.status.modified.httpDate),
            (name: "Cache-Control", value: configuration.cacheControl),
        ]
        if canCompress(found) { headers.append((name: "Vary", value: "Accept-Encoding")) }

        switch try Preconditions(header: header).evaluate(isRead: true, tag: tag, modified: found.status.modified) {
        case .failed: throw .preconditionFailed("The file has changed. Fetch it again.")
        case .notModified:
            let length = compressed.map { Int64($0.count) } ?? found.status.sizeBytes
            return Answer(status: .notModified, headers: headers, body: .none, contentLength: length)
        case .proceed: break
        }
        headers.append((name: "Content-Type", value: found.type.description))
        headers.append((name: "X-Content-Type-Options", value: "nosniff"))
        if let compressed {
            headers.append((name: "Content-Encoding", value: "gzip"))
            return Answer(
                status: .ok, headers: headers, body: .bytes(compressed), contentLength: Int64(compressed.count))
        }
        headers.append((name: "Accept-Ranges", value: "bytes"))
        let length = found.status.sizeBytes
        switch range(of: found, header) {
        case .unsatisfiable: throw .rangeNotSatisfiable(length: length)
        case .whole:
            return Answer(status: .ok, headers: headers, body: .file(file, 0..<length), contentLength: length)
        case .part(let part):
            let value = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(length)"
            headers.append((name: "Content-Range", value: value))
            return Answer(
                status: .partialContent, headers: headers, body: .file(file, part), contentLength: Int64(part.count))
        }
    }

    private func range(of found: FoundFile, _ header: (String) -> String?) -> ByteRange {
        guard ByteRange.applies(ifRange: header("If-Range"), tag: found.tag, modified: found.status.modified) else {
            return .whole
        }
        return ByteRange(header: header("Range"), length: found.status.sizeBytes)
    }

    private func canCompress(_ found: FoundFile) -> Bool {
        found.type.isCompressible && found.status.sizeBytes >= configuration.compressFromBytes
            && found.status.sizeBytes <= configuration.compressUpToBytes
    }

    /// The gzip bytes where they are possible, wanted and smaller. A range is always one of the plain bytes.
    private func compressed(
        _ found: FoundFile, _ file: borrowing FileDescriptor, _ header: (String) -> String?
    ) -> [UInt8]? {
        guard canCompress(found), header("Range") == nil,
            Negotiation.coding(acceptEncoding: header("Accept-Encoding"), offered: [.identity, .gzip]) == .gzip
        else { return nil }
        if let variant = variants.find(found.path, found.tag) { return variant.bytes }
        let bytes = Self.smaller(file, found.status.sizeBytes)
        variants.keep(bytes, of: found.path, found.tag)
        return bytes
    }

    private static func smaller(_ file: borrowing FileDescriptor, _ sizeBytes: Int64) -> [UInt8]? {
        var plain: [UInt8] = []
        while plain.count <= sizeBytes, let chunk = try? file.read(upTo: 64 << 10), !chunk.isEmpty { plain += chunk }
        // Another size means that the file changed just now: the next request will find its new state.
        guard plain.count == sizeBytes, let packed = try? Gzip.compress(plain), packed.count < plain.count
        else { return nil }
        return packed
    }
}

/// A file and what is known of it without reading it.
private struct FoundFile {
    let path: String
    let status: FileStatus

    var type: MediaType { MediaType(fileName: path) }

    /// Replacing a file gives it another inode, and writing into it another time.
    var tag: EntityTag { EntityTag(identity) }

    /// Another representation, so another strong tag.
    var compressedTag: EntityTag { EntityTag("\(identity)-gzip") }

    private var identity: String {
        [UInt64(bitPattern: status.modifiedNanosecondsSinceEpoch), UInt64(bitPattern: status.sizeBytes), status.inode]
            .map { String($0, radix: 36) }.joined(separator: "-")
    }
}

extension SystemError {
    /// The machine is short of something; the file may well be there.
    fileprivate var isForWantOfResources: Bool { [EMFILE, ENFILE, ENOMEM].contains(code) }
}
