package import Configuration
import System

/// Where the files lie that belong to the program and are not compiled into it.
package struct Folders {
    package let projections: String
    package var migrations: String { "\(projections)/migrations" }
    package let dashboards: String
    /// The folders with the files of entity types.
    package let events: [String]
    /// The files of the sample studio; nil outside of a checkout.
    package let sample: String?

    /// What the settings name, else what stands in the checkout that this program was built in, whatever folder it is
    /// started from.
    package init(_ settings: Settings) throws {
        let checkout = Self.checkout(above: "/proc/self/exe")
        sample = checkout.map { "\($0)/ops/sample" }
        func folder(_ named: String?, _ shipped: String, setting: String) throws -> String {
            if let named {
                guard Files.isFolder(named) else {
                    throw Missing(what: "\(setting) names \(named), which is no folder.")
                }
                return named
            }
            guard let checkout else {
                throw Missing(what: "The folder `\(shipped)` is not above this program. Set \(setting) to where it is.")
            }
            return "\(checkout)/\(shipped)"
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

    /// The nearest folder above that looks like ours.
    private static func checkout(above link: String) -> String? {
        guard var folder = Files.resolved(link) else { return nil }
        while folder != "/" {
            folder = Files.folder(of: folder)
            let belongs = ["Package.swift", "events", "projections", "dashboards"].allSatisfy {
                Files.exists("\(folder)/\($0)")
            }
            if belongs { return folder }
        }
        return nil
    }
}
