import Configuration
import EventLog
import System

extension CommandWriterConfiguration {
    /// - Parameter clock: gives events their time; nil for the database's.
    init(_ settings: Settings, clock: (any WallClock)? = nil) {
        self.init()
        self.clock = clock
        clockTolerance = settings[LifeOSSettings.clockTolerance]
    }
}
