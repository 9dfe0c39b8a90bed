internal import CLibpq

/// The bound values of a statement, encoded one after the other.
struct Parameters: Sendable {
    struct Entry: Sendable {
        let type: UInt32
        let offset: Int32
        /// -1 for NULL.
        let length: Int32
        /// Where in the text the placeholder stands, so that statements can be put into one another.
        let textOffset: Int32
    }

    var entries: [Entry] = []
    private var writer = BinaryWriter()

    mutating func append<Value: PostgresValue>(_ value: Value, at textOffset: Int) {
        let start = writer.count
        let isNull = value.isNull
        if !isNull { value.encode(into: &writer) }
        add(type: Value.postgresType.identifier, start, isNull: isNull, textOffset)
    }

    mutating func append(_ other: Parameters, _ index: Int, at textOffset: Int) {
        let entry = other.entries[index]
        let start = writer.count
        if entry.length > 0 {
            writer.append(Array(other.writer.bytes[Int(entry.offset)..<Int(entry.offset + entry.length)]))
        }
        add(type: entry.type, start, isNull: entry.length < 0, textOffset)
    }

    private mutating func add(type: UInt32, _ start: Int, isNull: Bool, _ textOffset: Int) {
        // Beyond two gigabytes the lengths do not fit; the server takes one at most, so nothing real is lost.
        precondition(writer.count <= Int32.max, "the parameters of one statement exceed 2 GiB; split it")
        entries.append(
            Entry(
                type: type, offset: Int32(start), length: isNull ? -1 : Int32(writer.count - start),
                textOffset: Int32(textOffset)))
    }

    func hasTypes(_ types: [UInt32]) -> Bool {
        guard entries.count == types.count else { return false }
        for index in types.indices where entries[index].type != types[index] { return false }
        return true
    }

    /// Lends the arrays that libpq wants, all on the stack. They are gone when `body` returns.
    func withPointers<Result>(
        _ body: (
            _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        let count = entries.count
        if count == 0 { return body(nil, nil, nil) }
        return unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
            unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                unsafe writer.bytes.withUnsafeBytes { bytes in
                    guard let numberBase = numbers.baseAddress else { return body(nil, nil, nil) }
                    // An empty value still needs an address: libpq reads a missing one as NULL.
                    let base = unsafe bytes.baseAddress ?? UnsafeRawPointer(numberBase)
                    for (index, entry) in entries.enumerated() {
                        let address = unsafe (base + Int(entry.offset)).assumingMemoryBound(to: CChar.self)
                        unsafe values.initializeElement(at: index, to: entry.length < 0 ? nil : address)
                        unsafe (numberBase + index).initialize(to: max(0, entry.length))
                        unsafe (numberBase + count + index).initialize(to: 1)
                    }
                    return unsafe body(values.baseAddress, numberBase, numberBase + count)
                }
            }
        }
    }
}
