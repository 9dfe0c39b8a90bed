internal import System

extension TraceContext {
    /// Reads the two headers of a request, or nil when `traceparent` is invalid: then begin a new trace.
    ///
    /// A version above 00 is read as far as version 00 goes, as the standard asks; an invalid `tracestate` is dropped
    /// alone.
    ///
    /// - Parameter tracestate: several headers of that name are joined by commas first.
    public init?(traceparent: String, tracestate: String? = nil) {
        let bytes = Array(traceparent.utf8)
        guard bytes.count >= 55, bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash,
            let version = Self.hex(bytes[0..<2]), version != 0xFF,
            version == 0 ? bytes.count == 55 : bytes.count == 55 || bytes[55] == Self.dash,
            let high = Self.hex(bytes[3..<19]), let low = Self.hex(bytes[19..<35]), high | low != 0,
            let spanID = Self.hex(bytes[36..<52]), spanID != 0,
            let flags = Self.hex(bytes[53..<55])
        else { return nil }
        self.init(
            traceID: UUID(high: high, low: low), spanID: spanID, isSampled: flags & 1 == 1,
            state: tracestate.flatMap(TraceState.init) ?? TraceState())
    }

    /// The header that hands this context on, in version 00.
    public var traceparent: String { "00-\(traceIDText)-\(spanIDText)-\(isSampled ? "01" : "00")" }

    /// The trace's 32 hexadecimal digits, without hyphens.
    public var traceIDText: String { Self.text(traceID.high) + Self.text(traceID.low) }

    /// The span's 16 hexadecimal digits.
    public var spanIDText: String { Self.text(spanID) }

    private static let dash = UInt8(ascii: "-")

    /// Lower-case digits only: the standard calls all others invalid.
    private static func hex(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    private static func text(_ word: UInt64) -> String {
        unsafe String(unsafeUninitializedCapacity: 16) { buffer in
            for nibble in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * nibble)) & 0xF
                unsafe buffer[nibble] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }
}
