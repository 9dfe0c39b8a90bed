package import Configuration
package import Entities
import HTTPServer
package import Recovery

/// What is said and done where the database that is served is a fork.
package struct ForkMark {
    package let origin: ForkOrigin

    /// A sentence for people: pages, health, the API's description.
    package var sentence: String {
        "This is the fork \(origin.name), which diverges from its source after position \(origin.position). Nothing "
            + "done here reaches the source, and outgoing effects are off."
    }

    package var title: String { "Life-OS (fork \(origin.name) of position \(origin.position))" }

    /// Every answer carries it.
    package var header: (name: String, value: String) {
        (name: "Life-OS-Fork", value: "\(origin.name); position=\(origin.position)")
    }

    package static func effects(_ mark: ForkMark?) -> Effects {
        mark.map { .off(because: $0.sentence) } ?? .allowed
    }

    /// Where to listen. LIFEOS_LISTEN is the installation's own address, so a fork takes the next free port after it, or a
    /// socket beside it.
    ///
    /// - Parameter fork: the name of the fork that is served; nil for the installation itself.
    package static func address(_ settings: Settings, fork: String?) -> Configuration.ListenAddress {
        let address = settings[LifeOSSettings.listen]
        guard let fork else { return address }
        switch address {
        case .unix(let path): return .unix(path: "\(path).\(fork)")
        // The system chooses one that is free.
        case .internet(_, port: 0): return address
        case .internet(let host, let port):
            let next = (1...portsTriedMax).compactMap { UInt16(exactly: Int(port) + $0) }
                .map { Configuration.ListenAddress.internet(host: host, port: $0) }
            return next.first { ServerAddress($0).isFree } ?? next.first ?? address
        }
    }

    private static let portsTriedMax = 100
}
