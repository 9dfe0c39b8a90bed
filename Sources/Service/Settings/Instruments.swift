package import CLI
package import Configuration
package import Telemetry

/// Metrics and logs of one run of the program.
package struct Instruments {
    package let metrics: Metrics
    package let logger: Logger
    /// The last lines, for those who look at a running system.
    package let recent: LogRing

    /// - Parameter run: the command that logs. On a terminal its lines go above the command's progress bar.
    package init(_ settings: Settings, for run: Invocation) throws {
        let (environment, output) = (run.environment, run.output)
        metrics = Metrics()
        metrics.observeProcess()
        metrics.describeBuild(version: Program.version, commit: Program.commit ?? "unknown", swift: Program.swift)
        recent = LogRing()
        let levels: LogLevels
        do {
            levels = try LogLevels(parsing: settings[LifeOSSettings.log])
        } catch {
            throw Failure("LIFEOS_LOG is not understood: \(error).", code: .configuration, exitCode: .usage)
        }
        let writer =
            output.errorsAreTerminal && !output.isJSON
            ? LogWriter(as: .human(isColoured: output.errorsHaveColours), metrics: metrics) { output.writeLog($0) }
            : try LogWriter.standardError(
                metrics: metrics, wantsColour: (environment["NO_COLOR"] ?? "").isEmpty)
        logger = Logger(module: "lifeos", levels: levels, sinks: [writer, recent])
    }
}
