internal import Glibc

/// What the machine has to give.
public enum Machine {
    /// All its memory, or what its container leaves this process if that is less.
    public static var memoryBytes: Int {
        let physical = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
            (try? Files.readText(path, limit: 64)).flatMap { Int($0.dropLast()) }
        }
        return limits.reduce(physical, min)
    }

    /// How many threads can work at the same time.
    public static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
