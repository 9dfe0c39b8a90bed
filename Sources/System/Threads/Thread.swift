internal import CLinux
internal import Glibc

/// A thread of the operating system.
public enum Thread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a thread that nobody joins.
    ///
    /// Signals are blocked in it, so that the main thread alone decides about them.
    public static func detach(name: String, _ run: @escaping @Sendable () -> Void) {
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run)).toOpaque()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let failure = unsafe pthread_create(&thread, &attributes, { unsafe Thread.enter($0) }, body)
        unsafe pthread_attr_destroy(&attributes)
        // Without threads nothing here can work; the limit is the machine's, and the message says which.
        precondition(
            failure == 0, "pthread_create: \(SystemError.explanation(of: failure)); raise the limit on threads")
    }

    private static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
        unsafe lifeos_name_thread(String(decoding: body.name.utf8.prefix(15), as: UTF8.self))
        body.run()
        return nil
    }
}
