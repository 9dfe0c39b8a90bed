import JSON
import System
import TestSupport
import Testing

@Suite struct CommandTests {
    let folder: TemporaryFolder
    var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("command") }

    @Test func everyWrongSettingIsNamedAtOnce() async throws {
        let result = try await RunningLifeOS.run(
            ["serve"], home: home,
            ["LIFEOS_LISTEN": "nowhere", "LIFEOS_DATABASE_CONNECTIONS": "many", "LIFEOS_HOEM": "/tmp"])
        #expect(result.exit == .code(2))
        for name in ["LIFEOS_LISTEN", "LIFEOS_DATABASE_CONNECTIONS", "LIFEOS_HOME?"] {
            #expect(result.errorText.contains(name), "\(name) is not in \(result.errorText)")
        }
    }

    @Test func aSecretNeverShows() async throws {
        let result = try await RunningLifeOS.run(["doctor"], home: home, ["LIFEOS_ADMIN_TOKEN": "hunter2"])
        #expect(result.exit == .code(2))
        #expect(!(result.outputText + result.errorText).contains("hunter2"))
    }

    @Test func aTypoGetsASuggestion() async throws {
        let result = try await RunningLifeOS.run(["sevre"], home: home)
        #expect(result.exit == .code(2))
        #expect(result.errorText.contains("lifeos serve"))
    }

    @Test func migratingTwiceDoesNothingTheSecondTime() async throws {
        let database = try await TestDatabase.make()
        let environment = ["DATABASE_URL": database.conninfo]
        let planned = try await RunningLifeOS.run(["migrate", "--dry-run", "--json"], home: home, environment)
        let first = try await RunningLifeOS.run(["migrate", "--json"], home: home, environment)
        let second = try await RunningLifeOS.run(["migrate", "--json"], home: home, environment)
        #expect(planned.exit == .code(0), "\(planned.errorText)")
        #expect(first.outputText.contains("0001-installation"))
        #expect(planned.outputText == first.outputText)
        #expect(second.outputText == "")
        await database.drop()
    }

    @Test func theDoctorIsContentWithAHealthyInstallation() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        let result = try await RunningLifeOS.run(["doctor", "--json"], home: home)
        #expect(result.exit == .code(0), "\(result.outputText)\(result.errorText)")
        #expect(!result.outputText.contains(#""failed""#))
        _ = try await lifeos.stop()
    }

    @Test func theDoctorNamesADatabaseThatDoesNotAnswer() async throws {
        let result = try await RunningLifeOS.run(
            ["doctor", "--json"], home: home, ["DATABASE_URL": "host=\(folder.path("nobody")) dbname=x"])
        #expect(result.exit == .code(1))
        #expect(result.outputText.contains("database"))
    }

    @Test func theVersionIsForMachinesToo() async throws {
        let result = try await RunningLifeOS.run(["version", "--json"], home: home)
        #expect(try JSONValue(parsing: result.output)["version"]?.string != nil)
    }

    @Test func theDoctorNamesWhatIsWrongInTheCatalogue() async throws {
        let events = folder.path("events")
        try Files.makeFolder(events)
        try Files.replace("\(events)/plant.json", with: Array("{\n\"typ\": \"plant\"\n}".utf8))
        let result = try await RunningLifeOS.run(["doctor", "--json"], home: home, ["LIFEOS_CATALOGUE": events])
        #expect(result.exit == .code(1))
        #expect(result.outputText.contains("\(events)/plant.json:1:1"), "\(result.outputText)")
    }

    @Test func everythingThatCanHappenIsDescribed() async throws {
        let page = try await RunningLifeOS.run(["events", "docs"], home: home)
        #expect(page.exit == .code(0), "\(page.errorText)")
        #expect(page.outputText.hasPrefix("# ") && page.outputText.contains("`character.created`"))
        let document = try await RunningLifeOS.run(["events", "docs", "--json"], home: home)
        #expect(try JSONValue(parsing: document.output)["asyncapi"] == "3.0.0")
    }
}
