import TestSupport
import Testing

@testable import Configuration

private enum Sample {
    static let listen = Setting("LIFEOS_LISTEN", .listenAddress, default: "127.0.0.1:8080", "Where it answers.")
    static let home = Setting("LIFEOS_HOME", .path, default: "~/.lifeos", "Where everything is kept.")
    static let workers = Setting(
        "LIFEOS_WORKERS", .integer(1...64), default: "2", "Threads that answer.",
        hazard: "More than cores gains nothing.")
    static let token = Setting("LIFEOS_ADMIN_TOKEN", .secret(lengthMin: 16), whenUnset: "a file", "Lets in.")
    static let database = Setting("DATABASE_URL", .secret(), whenUnset: "a private PostgreSQL", "Which database.")
    static let region = Setting(required: "LIFEOS_REGION", .choice(["here", "there"]), "Where it stands.")
    static let all: [any AnySetting] = [listen, home, workers, token, database, region]
}

@Suite struct SettingsTests {
    private static let least = ["HOME": "/home/ada", "LIFEOS_REGION": "here"]

    @Test func defaultsHoldWhereNothingIsSet() throws {
        let settings = try Settings(Self.least, declaring: Sample.all)
        #expect(settings[Sample.listen] == .internet(host: "127.0.0.1", port: 8080))
        #expect(settings[Sample.home] == "/home/ada/.lifeos")
        #expect(settings[Sample.workers] == 2)
        #expect(settings[Sample.token] == nil)
        #expect(settings[Sample.region] == "here")
    }

    @Test func whatIsSetWins() throws {
        var environment = Self.least
        environment["LIFEOS_LISTEN"] = "unix:/run/x.sock"
        environment["LIFEOS_WORKERS"] = "8"
        environment["DATABASE_URL"] = "postgres://ada:hush@db/lifeos"
        environment["UNRELATED"] = "left alone"
        let settings = try Settings(environment, declaring: Sample.all)
        #expect(settings[Sample.listen] == .unix(path: "/run/x.sock"))
        #expect(settings[Sample.workers] == 8)
        #expect(settings[Sample.database]?.revealed() == "postgres://ada:hush@db/lifeos")
    }

    @Test func anEmptyVariableIsAnUnsetOne() throws {
        var environment = Self.least
        environment["LIFEOS_WORKERS"] = ""
        environment["LIFEOS_ADMIN_TOKEN"] = ""
        let settings = try Settings(environment, declaring: Sample.all)
        #expect(settings[Sample.workers] == 2)
        #expect(settings[Sample.token] == nil)
    }

    @Test func everyProblemIsToldAtOnce() {
        let environment = [
            "LIFEOS_LISTN": "127.0.0.1:9000", "LIFEOS_WORKERS": "many", "LIFEOS_ADMIN_TOKEN": "hunter2-short",
            "LIFEOS_XYZZY": "1",
        ]
        let error = #expect(throws: ConfigurationError.self) { try Settings(environment, declaring: Sample.all) }
        #expect(
            error?.description == """
                6 settings are wrong:
                - LIFEOS_HOME is "~/.lifeos", but must be a path. HOME is not set, so ~ cannot be resolved: write the \
                absolute path.
                - LIFEOS_WORKERS is "many", but must be a whole number from 1 to 64.
                - LIFEOS_ADMIN_TOKEN is set, but must be a secret of at least 16 characters.
                - LIFEOS_REGION is not set, but must be here or there.
                - LIFEOS_LISTN is not a setting. Did you mean LIFEOS_LISTEN?
                - LIFEOS_XYZZY is not a setting. Unset it.
                """)
        #expect(error?.problems.map(\.code) == [.malformed, .malformed, .malformed, .missing, .unknown, .unknown])
        #expect(error?.problems.last?.name == "LIFEOS_XYZZY")
    }

    @Test func secretsNeverShow() throws {
        var environment = Self.least
        environment["LIFEOS_ADMIN_TOKEN"] = "correct-horse-battery"
        environment["DATABASE_URL"] = "postgres://ada:correct-horse-battery@db"
        let settings = try Settings(environment, declaring: Sample.all)
        var shown = "\(settings.lines) \(String(reflecting: settings[Sample.token]))"
        dump(settings, to: &shown)
        dump(settings[Sample.token], to: &shown)
        // The reflection of Settings holds the texts as written, so it has to hide them as well.
        #expect(!shown.contains("correct-horse"))
        #expect(settings[Sample.token]?.description == "[set]")

        environment["LIFEOS_ADMIN_TOKEN"] = "pw"
        environment["LIFEOS_ADMIN_TOKN"] = "correct-horse-battery"
        let error = #expect(throws: ConfigurationError.self) { try Settings(environment, declaring: Sample.all) }
        #expect(error?.description.contains("correct-horse") == false)
        #expect(error?.description.contains("pw") == false)
    }

    @Test func theReportSaysWhatHoldsAndWhoSaidSo() throws {
        var environment = Self.least
        environment["LIFEOS_WORKERS"] = "8"
        environment["LIFEOS_ADMIN_TOKEN"] = "correct-horse-battery"
        let lines = try Settings(environment, declaring: Sample.all).lines
        #expect(
            lines == [
                .init(name: "LIFEOS_LISTEN", value: "127.0.0.1:8080", origin: .default),
                .init(name: "LIFEOS_HOME", value: "/home/ada/.lifeos", origin: .default),
                .init(name: "LIFEOS_WORKERS", value: "8", origin: .environment),
                .init(name: "LIFEOS_ADMIN_TOKEN", value: "[set]", origin: .environment),
                .init(name: "DATABASE_URL", value: nil, origin: .default, whenUnset: "a private PostgreSQL"),
                .init(name: "LIFEOS_REGION", value: "here", origin: .environment),
            ])
    }

    /// For people who look for a mistake, a wrong setting must not hide the others.
    @Test func theReportAlsoHasWhatIsWrong() {
        var environment = Self.least
        environment["LIFEOS_WORKERS"] = "many"
        environment["LIFEOS_WOKERS"] = "8"
        let (lines, problems) = Settings.report(on: environment, declaring: Sample.all)
        #expect(lines.count == Sample.all.count)
        #expect(lines.contains(.init(name: "LIFEOS_WORKERS", value: "many", origin: .environment)))
        #expect(problems.map(\.name) == ["LIFEOS_WORKERS", "LIFEOS_WOKERS"])
        #expect(problems.last?.description.contains("Did you mean LIFEOS_WORKERS?") == true)
    }

    @Test func aDeclarationExplainsItself() {
        #expect(
            Sample.workers.declaration.explanation
                == "Threads that answer. More than cores gains nothing. A whole number from 1 to 64. Default: 2.")
        #expect(
            Sample.database.declaration.explanation == "Which database. A secret. When unset: a private PostgreSQL.")
        #expect(Sample.region.declaration.explanation == "Where it stands. Here or there. Required.")
    }

    @Test func noGarbageInTheEnvironmentCrashes() {
        var generator = SeededRandom(seed: 20_261_121)
        for round in 0..<2_000 {
            var environment: [String: String] = [:]
            for setting in Sample.all where Bool.random(using: &generator) {
                environment[setting.declaration.name] = generator.text(lengthMax: 24)
            }
            environment["LIFEOS_" + generator.text(lengthMax: 12)] = "x"
            do {
                _ = try Settings(environment, declaring: Sample.all)
                Issue.record("round \(round): an unknown setting passed: \(environment)")
            } catch {
                #expect(!error.problems.isEmpty)
            }
        }
    }
}

extension SeededRandom {
    fileprivate mutating func text(lengthMax: Int) -> String {
        let letters = Array("0019.:-[]/~unixlocalhtsmMiB \0\n\u{1B}é🎨%,=")
        return String(
            (0..<Int.random(in: 0...lengthMax, using: &self)).map { _ in
                letters[Int.random(in: letters.indices, using: &self)]
            })
    }
}
