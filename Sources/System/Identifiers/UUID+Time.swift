extension UUID {
    /// When it was made, to the millisecond; nil for an identifier that is not ordered by time.
    public var timeMade: Timestamp? {
        guard high >> 12 & 0xF == 7 else { return nil }
        return Timestamp(microsecondsSinceEpoch: Int64(high >> 16) * 1_000)
    }
}
