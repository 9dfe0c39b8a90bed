internal import Glibc

/// How hard random tests try. `ops/test --fuzz` sets `LIFEOS_TEST_EFFORT` to have them try longer.
public enum Effort {
    /// As many rounds as usual, times the effort asked for.
    public static func rounds(_ usual: Int) -> Int { usual * factor }

    private static let factor: Int = {
        guard let text = unsafe getenv("LIFEOS_TEST_EFFORT") else { return 1 }
        return max(1, unsafe Int(String(cString: text)) ?? 1)
    }()
}
