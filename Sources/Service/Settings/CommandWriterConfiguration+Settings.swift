package import Configuration
package import EventLog
package import System

extension CommandWriterConfiguration {
    /// - Parameter clock: gives events their time; nil for the database's.
    package init(_ settings: Settings, clock: (any WallClock)? = nil) {
        self.init()
        self.clock = clock
        clockTolerance = settings[LifeOSSettings.clockTolerance]
    }
}
