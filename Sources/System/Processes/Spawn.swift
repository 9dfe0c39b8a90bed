internal import CLinux
internal import Glibc

/// `posix_spawn` with the arguments of a ``Program``.
enum Spawn {
    /// What stands in for a stream that is not read: this process's own, or -1 for nothing.
    static func end(for output: Program.Output, _ own: Int32) -> Int32 {
        if case .inherited = output { own } else { -1 }
    }

    /// - Returns: the new process's number.
    static func start(_ program: Program, output: Int32, errors: Int32) throws(SystemError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (descriptor, end) in [(STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            if end < 0 {
                unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
            } else {
                unsafe posix_spawn_file_actions_adddup2(&actions, end, descriptor)
            }
        }
        var afterLast = STDERR_FILENO + 1
        if let own = program.descriptor {
            unsafe posix_spawn_file_actions_adddup2(&actions, own, afterLast)
            afterLast += 1
        }
        // Ours are all close-on-exec, but a library or whoever started us may have left one that is not.
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, afterLast)
        if let folder = program.workingDirectory {
            unsafe posix_spawn_file_actions_addchdir_np(&actions, folder)
        }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe set(&attributes, hasOwnGroup: program.hasOwnGroup)

        let arguments = CStrings([program.path] + program.arguments)
        let environment = CStrings(program.environment.map { "\($0.key)=\($0.value)" })
        var processID: pid_t = 0
        let failure = unsafe arguments.withPointers { arguments in
            unsafe environment.withPointers { environment in
                unsafe posix_spawn(&processID, program.path, &actions, &attributes, arguments, environment)
            }
        }
        guard failure == 0 else { throw SystemError(code: failure, operation: "start", subject: program.path) }
        return processID
    }

    /// Signals are blocked in our threads and some are ignored here; a child starts with a clean slate.
    private static func set(_ attributes: UnsafeMutablePointer<posix_spawnattr_t>, hasOwnGroup: Bool) {
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(attributes, &none)
        unsafe posix_spawnattr_setsigdefault(attributes, &all)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        if hasOwnGroup {
            flags |= Int32(POSIX_SPAWN_SETPGROUP)
            unsafe posix_spawnattr_setpgroup(attributes, 0)
        }
        unsafe posix_spawnattr_setflags(attributes, Int16(flags))
    }
}

/// A null-terminated array of C strings, freed with this value.
@safe private final class CStrings {
    private let pointers: [UnsafeMutablePointer<CChar>?]

    /// Lends them. A property would not do: the last use of this value would free what its reader still holds.
    func withPointers<Result>(_ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        withExtendedLifetime(self) { unsafe body(pointers) }
    }

    init(_ texts: [String]) { unsafe pointers = texts.map { unsafe strdup($0) } + [nil] }

    deinit { unsafe pointers.forEach { unsafe free($0) } }
}
