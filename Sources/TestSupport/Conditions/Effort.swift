/// How hard random tests try. `ops/test --fuzz` sets `LIFEOS_TEST_EFFORT` to have them try longer.
public enum Effort {
    /// As many rounds as usual, times the effort asked for.
    public static func rounds(_ usual: Int) -> Int { usual * factor }

    private static let factor = max(1, TestEnvironment.number("LIFEOS_TEST_EFFORT") ?? 1)
}
