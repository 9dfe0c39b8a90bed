internal import Glibc

extension Application {
    /// Does what this process was called for, and ends the process. It is the whole of `main.swift`.
    ///
    /// The main thread waits for signals meanwhile, and so nothing may run on the main actor: declare commands outside of
    /// `main.swift`, whose variables belong to it. A top-level `await` would not do instead: it hands the main thread to
    /// libdispatch, which parks it with all signals open, so that the first one ends the process on the spot.
    public func runAndExit() -> Never {
        ProcessTerminal.holdClosedStreams()
        Interruption.blockSignals()
        let surroundings = Surroundings.ofThisProcess()
        let arguments = Array(CommandLine.arguments.dropFirst())
        Task.detached { exit(await run(arguments, in: surroundings)) }
        surroundings.interruption.listen()
    }
}
