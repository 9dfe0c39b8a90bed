import CLI
import Configuration
import Migrations
import PrivatePostgres
import Service
import Telemetry

extension Command {
    private static let isDryRun = Option(flag: "dry-run", "Show what would be done, and change nothing.")

    static let migrate = Command(
        "migrate", "Update the database schema to this version.",
        details: "`lifeos serve` also does this when it starts.",
        options: [isDryRun]
    ) { run in
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let instruments = try Instruments(settings, for: run)
        defer { instruments.logger.flush() }
        let folders = try Folders(settings)
        let database = try await Database.open(
            settings, role: .attachOrStart, makesHome: true, metrics: instruments.metrics, logger: instruments.logger)
        do {
            let migrator = Migrator(try Migration.load(from: folders.migrations), logger: instruments.logger)
            let migrations =
                run[isDryRun]
                ? try await migrator.pending(in: database.pool) : try await migrator.run(in: database.pool)
            await database.close()
            run.output.table(
                [Column("migration", title: run[isDryRun] ? "Would run" : "Ran")], migrations.map { [.text($0.title)] },
                empty: "The database is up to date.")
        } catch {
            await database.close()
            throw error
        }
    }
}
