package import Configuration
package import Entities
import HTTPServer
package import Recovery

/// What is said and done where the database that is served is a fork.
package struct ForkMark {
    package let origin: ForkOrigin

    /// A sentence for people: pages, health, the API's description.
    package var sentence: String {
        "This is the fork \(origin.name), which goes its own way since position \(origin.position). Nothing that is "
            + "done here reaches the installation it comes from, and outgoing effects are off."
    }

    package var title: String { "Life-OS (fork \(origin.name) of position \(origin.position))" }

    /// Every answer carries it.
    package var header: (name: String, value: String) {
        (name: "Life-OS-Fork", value: "\(origin.name); position=\(origin.position)")
    }

    package static func effects(_ mark: ForkMark?) -> Effects {
        mark.map { .off(because: $0.sentence) } ?? .allowed
    }

    /// Where to answer as the settings have it. The default place is the installation's own: a fork takes the next port.
    package static func address(_ settings: Settings, isFork: Bool) -> Configuration.ListenAddress {
        let address = settings[LifeOSSettings.listen]
        let name = LifeOSSettings.listen.declaration.name
        let isGiven = settings.lines.contains { $0.name == name && $0.origin == .environment }
        guard isFork, !isGiven, case .internet(let host, let port) = address else { return address }
        return .internet(host: host, port: port + 1)
    }
}
