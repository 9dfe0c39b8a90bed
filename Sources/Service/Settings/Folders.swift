package import Configuration
import System

/// Where the files lie that belong to the program and are not compiled into it.
package struct Folders {
    package let projections: String
    package var migrations: String { "\(projections)/migrations" }
    package let dashboards: String
    /// The folders with the files of entity types.
    package let events: [String]
    /// The files of the sample studio; nil where they are not installed.
    package let sample: String?

    /// What the settings name, else what came with the program, whatever folder it is started from.
    package init(_ settings: Settings) throws {
        let shipped = ShippedFolder.find()
        sample = shipped?.sample
        func folder(_ named: String?, _ name: String, setting: String) throws -> String {
            if let named {
                guard Files.isFolder(named) else {
                    throw Missing(what: "\(setting) is \(named), which is not a folder.")
                }
                return named
            }
            guard let shipped else {
                throw Missing(
                    what: "The folder `\(name)` is not where this program is, nor in \(ShippedFolder.installed). "
                        + "Set \(setting) to where it is.")
            }
            return "\(shipped.path)/\(name)"
        }
        projections = try folder(
            settings[LifeOSSettings.projections], "projections", setting: LifeOSSettings.projections.declaration.name)
        dashboards = try folder(
            settings[LifeOSSettings.dashboards], "dashboards", setting: LifeOSSettings.dashboards.declaration.name)
        let catalogue = LifeOSSettings.catalogue.declaration.name
        events =
            try settings[LifeOSSettings.catalogue]?.map { try folder($0, "events", setting: catalogue) }
            ?? [folder(nil, "events", setting: catalogue)]
    }

    package struct Missing: Error, CustomStringConvertible {
        package let what: String
        package var description: String { what }
    }
}
