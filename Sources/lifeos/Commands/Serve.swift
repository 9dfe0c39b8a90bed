import Accounts
import CLI
import Configuration
import HTTPServer
import System
import Telemetry

extension Command {
    static let serve = Command(
        "serve", "Answers requests until it is told to stop.",
        details: "The settings come from the environment: see `lifeos help settings`. Ctrl-C stops it in good order.",
        examples: ["LIFEOS_LISTEN=127.0.0.1:9000 lifeos serve": "on another port"]
    ) { run in
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let instruments = try Instruments(settings, environment: run.environment)
        defer { instruments.logger.flush() }
        let service = try await Service.start(settings, instruments)
        service.announce(on: run.output)
        let signal = try? await run.interrupted()
        instruments.logger.info("stopping", ["signal": signal?.description ?? "none"])
        await service.stop(grace: settings[LifeOSSettings.grace])
        run.output.note("Stopped.")
    }
}
