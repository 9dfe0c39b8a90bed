internal import Glibc
internal import System

extension Metrics {
    /// Declares the numbers every Prometheus client tells of its own process, read from the kernel at each scrape.
    public func observeProcess() {
        observe("process_cpu_seconds_total", help: "User and system CPU time spent.", as: .counter) {
            ProcessReading.cpuSeconds()
        }
        observe("process_resident_memory_bytes", help: "Memory of the process that is in RAM.") {
            ProcessReading.pages()?.resident
        }
        observe("process_virtual_memory_bytes", help: "Address space of the process.") {
            ProcessReading.pages()?.virtual
        }
        observe("process_open_fds", help: "Open file descriptors.") { ProcessReading.openDescriptors() }
        observe("process_max_fds", help: "The most file descriptors that may be open.") {
            ProcessReading.descriptorsMax()
        }
        observe("process_threads", help: "Threads of the process.") { ProcessReading.threads() }
        let started = ProcessReading.startSeconds()
        observe("process_start_time_seconds", help: "When the process started, in seconds since 1970.") { started }
    }

    /// Declares `lifeos_build_info`.
    public func describeBuild(version: String, commit: String, swift: String) {
        info(
            "lifeos_build_info", help: "Which build answers; always 1.",
            labels: ["version": version, "commit": commit, "swift": swift])
    }
}

/// What the kernel tells of this process. Nil where it does not answer.
enum ProcessReading {
    static func cpuSeconds() -> Double? {
        var usage = rusage()
        guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    static func pages() -> (virtual: Double, resident: Double)? {
        guard let text = try? Files.readText("/proc/self/statm") else { return nil }
        let counts = text.split(separator: " ").prefix(2).compactMap { Double($0) }
        guard counts.count == 2 else { return nil }
        let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
        return (counts[0] * pageBytes, counts[1] * pageBytes)
    }

    static func openDescriptors() -> Double? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        // Besides the descriptors it lists `.`, `..` and the one that reads it.
        var count = -3.0
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }

    static func descriptorsMax() -> Double? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_cur == UInt.max ? .infinity : Double(limit.rlim_cur)
    }

    static func threads() -> Double? { statField(17) }

    static func startSeconds() -> Double? {
        guard let ticksAfterBoot = statField(19), let status = try? Files.readText("/proc/stat") else { return nil }
        let boot = status.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard let bootSeconds = boot.flatMap({ Double($0.dropFirst(6)) }) else { return nil }
        return bootSeconds + ticksAfterBoot / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// A field of `/proc/self/stat`, counted from the one behind the program's name, which may hold spaces and
    /// brackets.
    private static func statField(_ index: Int) -> Double? {
        guard let text = try? Files.readText("/proc/self/stat"), let bracket = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: bracket)...].split(separator: " ")
        return index < fields.count ? Double(fields[index]) : nil
    }
}
