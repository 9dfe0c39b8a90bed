import Accounts
import Configuration
import Entities
import EventLog
import HTTPServer
import Telemetry

extension NodeConfiguration {
    init(
        _ settings: Settings, _ blueprint: Blueprint, _ folders: Folders, _ listen: ServerAddress, _ token: AdminToken,
        _ instruments: Instruments
    ) throws {
        let (metrics, logger) = (instruments.metrics, instruments.logger)
        let place = try BackupPlace(settings, metrics: metrics, logger: logger)
        self.init(
            blueprint: blueprint, token: token, dashboards: folders.dashboards, shelf: place.shelf)
        blobs = place.blobs
        server = .init(
            listen: listen, tls: try TLSFiles.load(settings),
            limits: ConnectionLimits.derive(settings, logger: logger))
        writer = CommandWriterConfiguration(settings)
        descriptionAudience = settings[LifeOSSettings.description]
        backups = try settings[BackupSettings.schedule].map {
            BackupPlan(schedule: $0, place: place, scratch: BackupChores.scratch(in: try settings.home()))
        }
    }
}
