/// Writes JSON straight into bytes, without building a value first.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object {
///     $0.field("id", id)
///     $0.field("tags", tags)
///     $0.field("items") { $0.array(of: items) { $0.write($1.name) } }
/// }
/// ```
///
/// What would not be JSON (a name in an array, two values where one belongs) traps. A name given twice in one object
/// goes unnoticed, for speed.
public struct JSONWriter: Sendable {
    /// What the writer is in the middle of.
    private enum Place {
        case document, array, object, member, finished
    }

    /// The JSON so far.
    public internal(set) var bytes: [UInt8]
    private var place = Place.document
    private var isFirst = true

    /// Writes behind the given bytes. Pass a buffer used before, emptied, to save an allocation.
    public init(appendingTo bytes: [UInt8] = []) {
        self.bytes = bytes
        if bytes.isEmpty { self.bytes.reserveCapacity(256) }
    }

    /// Writes an element of an array, or the document itself.
    @inlinable
    public mutating func write(_ value: some JSONEncodable) {
        value.encode(into: &self)
    }

    /// Writes a member of an object.
    @inlinable
    public mutating func field(_ name: String, _ value: some JSONEncodable) {
        beginMember(name)
        value.encode(into: &self)
        endMember()
    }

    /// Writes a member whose value the closure writes.
    public mutating func field<Failure>(
        _ name: String, _ value: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginMember(name)
        try value(&self)
        endMember()
    }

    /// Writes an object whose members the closure writes.
    public mutating func object<Failure>(
        _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginValue()
        let outer = open(.object, Byte.openObject)
        try members(&self)
        precondition(place == .object, "a member's name was written without its value")
        close(outer, Byte.closeObject)
    }

    /// Writes an array whose elements the closure writes.
    public mutating func array<Failure>(
        _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginValue()
        let outer = open(.array, Byte.openArray)
        try elements(&self)
        close(outer, Byte.closeArray)
    }

    /// Writes an array with one element for each of the given.
    public mutating func array<Elements: Sequence, Failure>(
        of elements: Elements, _ write: (inout JSONWriter, Elements.Element) throws(Failure) -> Void
    ) throws(Failure) {
        beginValue()
        let outer = open(.array, Byte.openArray)
        for element in elements { try write(&self, element) }
        close(outer, Byte.closeArray)
    }

    /// Writes a value that is JSON already, such as an event's payload as stored. Hazard: it is not checked.
    public mutating func verbatim(_ json: [UInt8]) {
        beginValue()
        bytes.append(contentsOf: json)
    }

    /// Ends a finished document with a line feed and makes room for the next one, as JSON Lines want it.
    public mutating func endLine() {
        precondition(place == .finished, "a line holds one finished document")
        bytes.append(Byte.lineFeed)
        place = .document
    }

    /// Puts the comma where one is due, and refuses a value where none belongs.
    mutating func beginValue() {
        switch place {
        case .array: separate()
        case .member: place = .object
        case .document: place = .finished
        case .object: preconditionFailure("a value in an object needs a name: use field(_:_:)")
        case .finished: preconditionFailure("the document is finished already")
        }
    }

    @usableFromInline
    mutating func beginMember(_ name: String) {
        precondition(place == .object, "a field belongs in an object")
        separate()
        append(quoting: name)
        bytes.append(Byte.colon)
        place = .member
    }

    @usableFromInline
    mutating func endMember() {
        precondition(place == .object, "a field needs a value")
    }

    private mutating func open(_ inner: Place, _ bracket: UInt8) -> Place {
        let outer = place
        bytes.append(bracket)
        place = inner
        isFirst = true
        return outer
    }

    private mutating func close(_ outer: Place, _ bracket: UInt8) {
        bytes.append(bracket)
        place = outer
        isFirst = false
    }

    private mutating func separate() {
        if !isFirst { bytes.append(Byte.comma) }
        isFirst = false
    }
}
