internal import Telemetry

/// All of a request but its body: a snapshot, so that nobody can reach memory of the connection after it is gone.
///
/// One copy of the header lines and an array of places in it cost less than 1 % of a request, and no text is made
/// before someone asks for it.
final class RequestHead: Sendable {
    struct Field: Sendable {
        let name: Extent
        let value: Extent
    }

    /// How the body is delimited.
    enum Framing: Sendable, Equatable {
        case none
        case length(Int64)
        case chunked
    }

    let method: Method
    let isVersion11: Bool
    /// The target as it came, the header lines, and where it had to be normalised, the path.
    let bytes: [UInt8]
    let target: Extent
    let path: Extent
    let query: Extent
    let fields: [Field]
    let framing: Framing
    let expectsContinue: Bool
    let places: RouteTrie.Places
    let endpoint: Endpoint
    let remoteAddress: RemoteAddress
    let requestID: String
    let trace: TraceContext

    init(_ draft: borrowing HeadReader, endpoint: Endpoint, places: RouteTrie.Places, remoteAddress: RemoteAddress) {
        method = draft.method
        isVersion11 = draft.isVersion11
        bytes = draft.bytes
        target = draft.target
        path = draft.path
        query = draft.query
        fields = draft.fields
        framing = draft.framing
        expectsContinue = draft.expectsContinue
        requestID = draft.requestID
        trace = draft.trace
        self.places = places
        self.endpoint = endpoint
        self.remoteAddress = remoteAddress
    }

    func text(_ range: Extent) -> String { String(decoding: bytes[range.range], as: UTF8.self) }

    /// The place of the first header of this name, which has to be in lower case.
    func value(of name: StaticString) -> Extent? {
        name.withUTF8Buffer { name in
            fields.first { unsafe Self.isSame(bytes, $0.name, name) }?.value
        }
    }

    func values(of name: String) -> [Extent] {
        var lower = name.lowercased()
        return lower.withUTF8 { name in
            fields.filter { unsafe Self.isSame(bytes, $0.name, name) }.map(\.value)
        }
    }

    static func isSame(_ bytes: [UInt8], _ range: Extent, _ lowerName: UnsafeBufferPointer<UInt8>) -> Bool {
        guard range.count == lowerName.count else { return false }
        for offset in 0..<range.count where unsafe Headers.fold(bytes[range.start + offset]) != lowerName[offset] {
            return false
        }
        return true
    }
}
