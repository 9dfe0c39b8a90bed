internal import Glibc

/// The variables by which libpq lets the environment say where to connect and how.
///
/// They win over what an address leaves open, and `PGHOSTADDR` even over the host it names. Whoever opens a connection here
/// has said where it goes, so they are removed before libpq can see them: all that begin with `PG`, those of later versions
/// included. `PGPASSWORD` and `PGPASSFILE` stay, which only answer a server that asks for a password, and `PGDATA`, which is
/// the server's and set in many containers.
public enum LibpqEnvironment {
    private static let kept: Set<String> = ["PGPASSWORD", "PGPASSFILE", "PGDATA"]

    /// The names of those that were set and are not any more, sorted.
    ///
    /// The first use removes them. Make it before the process has a second thread, which might be reading the environment;
    /// the first connection makes it at the latest.
    public static let removed: [String] = {
        let names = found()
        for name in names { unsafe unsetenv(name) }
        return names
    }()

    private static func found() -> [String] {
        var names: Set<String> = []
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let name = unsafe String(cString: text).prefix { $0 != "=" }
            if name.hasPrefix("PG"), !kept.contains(String(name)) { names.insert(String(name)) }
            unsafe entry += 1
        }
        return names.sorted()
    }
}
