internal import Glibc

/// What `ops/test` tells the tests.
public enum TestEnvironment {
    /// A variable that holds a whole number; nil where it is not set.
    public static func number(_ name: String) -> Int? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe Int(String(cString: text))
    }
}
