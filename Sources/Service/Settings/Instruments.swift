import CLI
package import Configuration
package import Telemetry

/// Metrics and logs of one run of the program.
package struct Instruments {
    package let metrics: Metrics
    package let logger: Logger
    /// The last lines, for those who look at a running system.
    package let recent: LogRing

    package init(_ settings: Settings, environment: [String: String]) throws {
        metrics = Metrics()
        metrics.observeProcess()
        metrics.describeBuild(version: Program.version, commit: Program.commit ?? "unknown", swift: Program.swift)
        recent = LogRing()
        let wantsColour = (environment["NO_COLOR"] ?? "").isEmpty
        let levels: LogLevels
        do {
            levels = try LogLevels(parsing: settings[LifeOSSettings.log])
        } catch {
            throw Failure("LIFEOS_LOG is not understood: \(error).", code: .configuration, exitCode: .usage)
        }
        logger = Logger(
            module: "lifeos", levels: levels,
            sinks: [try LogWriter.standardError(metrics: metrics, wantsColour: wantsColour), recent])
    }
}
