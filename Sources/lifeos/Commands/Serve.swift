import Accounts
import CLI
import Configuration
import HTTPServer
import Recovery
import Service
import System
import Telemetry

extension Command {
    private static let fork = Option(
        "fork", .text, placeholder: "name", "Serve this fork instead of the installation itself.")
    private static let listen = Option(
        "listen", .listenAddress,
        "The address to listen on. Default: LIFEOS_LISTEN; a fork takes the next free port after it.")

    static let serve = Command(
        "serve", "Run the server until it is stopped.",
        details: """
            Settings come from the environment: see `lifeos help settings`. Ctrl-C stops the server cleanly.

            A fork is served like the installation it comes from, except that every page and response says that it is a fork, and \
            that it makes no outgoing calls: no models, no mail, no backups.
            """,
        options: [fork, listen],
        examples: [
            "lifeos serve --listen 127.0.0.1:9000": "On another port.",
            "lifeos serve --fork what-if": "A fork made by `lifeos replay fork`, on the next free port.",
        ]
    ) { run in
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let instruments = try Instruments(settings, for: run)
        defer { instruments.logger.flush() }
        let installation = try await Installation.start(settings, instruments, fork: run[fork], listen: run[listen])
        let record = publish(installation, settings, instruments.logger)
        defer { record?.withdraw() }
        let notifier = ServiceNotifier(run.environment)
        // Before the tables: a service manager ends what is not ready for long, and would begin them anew.
        tell(instruments.logger) { () throws(SystemError) in
            try notifier.tellReady("Running at \(installation.address)")
        }
        func stop(_ signal: Signal?) async {
            tell(instruments.logger) { () throws(SystemError) in try notifier.tellStopping() }
            instruments.logger.info("stopping", ["signal": signal?.description ?? "none"])
            await installation.stop(grace: settings[LifeOSSettings.grace])
        }
        do {
            let signal = try await serve(installation, run)
            await stop(signal)
        } catch {
            await stop(nil)
            throw error
        }
        run.output.note("Stopped.")
    }

    private enum Occasion: Sendable {
        case opened, late
        case signal(Signal?)
    }

    /// A start that takes longer is told of while it lasts.
    private static let silenceMax: Duration = .seconds(1)

    /// Until somebody says that it is to stop; throws where it cannot be opened.
    private static func serve(_ installation: Installation, _ run: Invocation) async throws -> Signal? {
        // Asked once, so that no signal comes while nobody waits for one.
        let interrupted = Task { try? await run.interrupted() }
        return try await withThrowingTaskGroup(of: Occasion.self) { group in
            group.addTask {
                .signal(
                    await withTaskCancellationHandler {
                        await interrupted.value
                    } onCancel: {
                        interrupted.cancel()
                    })
            }
            group.addTask {
                try await installation.opened()
                return .opened
            }
            group.addTask {
                try? await Task.sleep(for: silenceMax)
                return .late
            }
            var isOpen = false
            while let occasion = try await group.next() {
                switch occasion {
                case .opened:
                    isOpen = true
                    announce(installation, on: run.output)
                case .late:
                    if isOpen || Task.isCancelled { continue }
                    run.output.note(
                        "Life-OS is at \(installation.address) already, and makes its tables. \(installation.address)/health/ready "
                            + "says how far it is.")
                case .signal(let signal):
                    group.cancelAll()
                    if !isOpen { await installation.cancelOpening() }
                    return signal
                }
            }
            return nil
        }
    }

    /// Tells people where it answers and how to sign in; machines read the same as JSON.
    private static func announce(_ installation: Installation, on output: Output) {
        let address = installation.address
        output.say(
            """
            Life-OS \(Program.version) is running at \(address)
            Console: \(address)/console  (sign in with the token in \(installation.tokenSource))
            """,
            [
                "address": .text(address), "token_source": .text(installation.tokenSource),
                "fork": installation.mark.map { .text($0.origin.name.text) } ?? .nothing,
            ])
        if let mark = installation.mark { output.note(mark.sentence) }
        output.note("Ctrl-C stops it.")
    }

    /// Lets `lifeos status` find this server. Failing to is no reason not to serve.
    private static func publish(
        _ installation: Installation, _ settings: Settings, _ logger: Logger
    ) -> PublishedServerRecord? {
        let record = ServerRecord(
            processID: Int(RunningProcess.ownID), address: installation.address, version: Program.version,
            commit: Program.commit, startedAt: SystemWallClock().now(), fork: installation.mark?.origin.name.text)
        do { return try record.publish(in: settings.home()) } catch {
            logger.warning("lifeos status will not find this server", ["error": "\(error)"])
            return nil
        }
    }

    /// A service manager that does not listen is no reason not to serve.
    private static func tell(_ logger: Logger, _ body: () throws(SystemError) -> Void) {
        do { try body() } catch { logger.warning("cannot notify the service manager", ["error": "\(error)"]) }
    }
}
