import HTTPClient
import JSON
import System
import Telemetry
import TestSupport
import Testing

/// The built program, run from outside as a user runs it, on a home of its own.
final class RunningLifeOS: Sendable {
    let child: Child
    let address: String
    let home: String
    let client: HTTPClient

    /// Beside the test program, since both are built together.
    static var program: String {
        Files.folder(of: Files.resolved("/proc/self/exe") ?? "/") + "/lifeos"
    }

    private static let checkout = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))
    static let token = "a token for the tests"

    static func environment(home: String, _ more: [String: String] = [:]) -> [String: String] {
        Program.plainEnvironment.merging([
            "HOME": home, "LIFEOS_HOME": home, "LIFEOS_LISTEN": "127.0.0.1:0", "LIFEOS_ADMIN_TOKEN": token,
            "LIFEOS_PROJECTIONS": "\(checkout)/projections", "LIFEOS_DASHBOARDS": "\(checkout)/dashboards",
            "LIFEOS_CATALOGUE": "\(checkout)/events",
        ]) { $1 }.merging(more) { $1 }
    }

    /// Runs a command to its end.
    ///
    /// - Parameter launcher: a program and its arguments that runs the command, such as `setpriv`; default none.
    static func run(
        _ arguments: [String], home: String, _ environment: [String: String] = [:], launcher: [String] = []
    ) async throws -> Program.Result {
        try await busy.with { try await launched(arguments, home: home, environment, launcher).run() }
    }

    /// Programs that are at work, and not only wait for requests.
    private static let busy = Slots(5)

    private static func launched(
        _ arguments: [String], home: String, _ environment: [String: String], _ launcher: [String]
    ) -> Program {
        let line = launcher + [program] + arguments
        return Program(
            line[0], Array(line.dropFirst()), environment: Self.environment(home: home, environment))
    }

    /// Starts `serve` and returns once it has said where it answers.
    ///
    /// - Parameter launcher: a program, by its whole path, and its arguments, that runs this one.
    static func start(
        home: String, _ environment: [String: String] = [:], arguments: [String] = [], launcher: [String] = []
    ) async throws -> RunningLifeOS {
        try await busy.with { try await startNow(home: home, environment, arguments, launcher) }
    }

    private static func startNow(
        home: String, _ environment: [String: String], _ arguments: [String], _ launcher: [String]
    ) async throws -> RunningLifeOS {
        let child = try await launched(["serve", "--json"] + arguments, home: home, environment, launcher).start()
        var address: String?
        try await eventually(within: .seconds(60), "lifeos says where it answers") {
            if let exit = child.exit { throw Ended(exit: exit, errors: String(decoding: child.errors, as: UTF8.self)) }
            address = try child.output.split(separator: UInt8(ascii: "\n")).first.flatMap { line in
                try JSONValue(parsing: Array(line))["address"]?.string
            }
            return address != nil
        }
        return RunningLifeOS(child, try #require(address), home, try HTTPClient(metrics: Metrics(), logger: .silent))
    }

    struct Ended: Error {
        let exit: Exit
        let errors: String
    }

    private init(_ child: Child, _ address: String, _ home: String, _ client: HTTPClient) {
        self.child = child
        self.address = address
        self.home = home
        self.client = client
    }

    func get(_ path: String, headers: HTTPClient.Headers = [:]) async throws -> HTTPClient.Response {
        try await client.send(.init(.get, address + path, headers: headers))
    }

    /// Ctrl-C, and how it ended.
    func stop() async throws -> Exit? {
        child.signal(.interrupt)
        return try await child.waitForExit(within: .seconds(30))
    }
}
