import CLI
import Configuration
import Entities
import Migrations
import PrivatePostgres
import Projections
import Service
import Telemetry

extension Command {
    private static let isDryRun = Option(flag: "dry-run", "Show what would be done, and change nothing.")

    static let migrate = Command(
        "migrate", "Update the database schema and tables to this version.",
        details: "`lifeos serve` also does this when it starts.",
        options: [isDryRun]
    ) { run in
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let instruments = try Instruments(settings, for: run)
        defer { instruments.logger.flush() }
        let folders = try Folders(settings)
        let database = try await Database.open(
            settings, role: .attachOrStart, makesHome: true, connectionsMin: 6, metrics: instruments.metrics,
            logger: instruments.logger)
        do {
            let blueprint = try Blueprint(folders)
            let migrator = Migrator(blueprint.migrations, logger: instruments.logger)
            let migrations =
                run[isDryRun]
                ? try await migrator.pending(in: database.pool) : try await migrator.run(in: database.pool)
            if !run[isDryRun] {
                try await blueprint.leaveTablesToServer(in: database.pool, settings)
                let display = PhaseDisplay(run.output)
                defer { display.finish() }
                try await blueprint.set.bringUpToDate(
                    in: database.pool, fold: blueprint.fold, logger: instruments.logger.named("projections")
                ) { step in if case .building(let progress) = step { display.show(progress) } }
            }
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
