extension Bench {
    func sqlRows(_ folder: String) async throws -> [Comparison] { [] }
}
