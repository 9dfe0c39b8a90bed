internal import Glibc

/// How many files and sockets this process may have open at once.
public enum DescriptorLimit {
    /// Raises the limit to `wanted`, or as far as the system allows, and tells what it is then. It is never lowered.
    ///
    /// Children inherit it, so do not raise it beyond what is needed.
    @discardableResult
    public static func raise(to wanted: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return fewest }
        let target = min(rlim_t(wanted), limit.rlim_max)
        if limit.rlim_cur < target {
            let before = limit.rlim_cur
            limit.rlim_cur = target
            if unsafe setrlimit(resource, &limit) != 0 { limit.rlim_cur = before }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// What POSIX promises; assumed where the system does not tell.
    private static let fewest = 20
}
