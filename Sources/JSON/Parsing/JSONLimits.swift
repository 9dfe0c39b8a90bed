/// What a document may cost its reader. Everything beyond is refused with an error that names the limit.
public struct JSONLimits: Sendable {
    /// The longest document in bytes. Default 16 MiB.
    public var bytes = 16 << 20
    /// How deep arrays and objects may nest. Default 128; never more than 512, for which a release build needs less
    /// than 1 MiB of stack, whatever is done with the document, and a debug build less than 4.
    public var depth = 128 {
        didSet { precondition((1...512).contains(depth), "JSONLimits.depth lies between 1 and 512") }
    }
    /// How many values a document may hold, since `[0,0,…]` takes twelve times its bytes in memory. Default 1,000,000.
    public var values = 1_000_000
    /// The longest number in bytes. Default 1,024.
    public var numberBytes = 1_024

    public init() {}

    public static let standard = JSONLimits()
}
