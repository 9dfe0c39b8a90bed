package import API
package import Accounts
package import Backup
package import Entities
package import EventLog
package import HTTPServer
package import Projections
package import System

/// What a node is made with: the program fills it from the settings, tests and the bench by hand.
package struct NodeConfiguration: Sendable {
    package var blueprint: Blueprint
    package var token: AdminToken
    package var server = HTTPServer.Configuration()
    package var writer = CommandWriterConfiguration()
    package var operations = OperationLimits()
    /// Who may read what the API can do.
    package var descriptionAudience = DescriptionRoutes.Audience.open
    /// The folder with the console's styles and modules.
    package var dashboards: String
    package var shelf: BackupShelf
    /// The folder that blobs are in.
    package var blobs: String?
    /// What is done about backups when; nil where somebody else sees to that.
    package var backups: BackupPlan?
    /// What the node tells the time by: the same clock that its writer holds against the database's.
    package var clock: any WallClock {
        get { writer.localClock }
        set { writer.localClock = newValue }
    }
    /// The limits of rebuilds at the start.
    package var rebuild = RebuildConfiguration()
    /// How often it is looked whether another version has taken over the tables; a refused change tells at once.
    package var ownerWatchInterval: Duration = .seconds(2)
    /// What pauses are measured by.
    package var pauseClock: any Clock<Duration> = ContinuousClock()
    /// What readiness looks at; nil for what the rooms bring.
    package var checks: [HealthCheck]?

    package init(blueprint: Blueprint, token: AdminToken, dashboards: String, shelf: BackupShelf) {
        self.blueprint = blueprint
        self.token = token
        self.dashboards = dashboards
        self.shelf = shelf
    }
}

/// When backups are made, and by what.
package struct BackupPlan: Sendable {
    let schedule: BackupSchedule
    let place: BackupPlace
    /// Where a drill may put blobs for a while.
    let scratch: String
}
