import Configuration
import HTTPServer
import System
import Telemetry

/// How many connections the server takes: as many as this process has descriptors for.
enum ConnectionLimits {
    static func derive(_ settings: Settings, logger: Logger) -> HTTPServer.Limits {
        var wanted = HTTPServer.Limits()
        wanted.proxies = Set(settings[LifeOSSettings.proxies] ?? [])
        let ours = descriptorsOfOurOwn + settings[LifeOSSettings.databaseConnections]
        let descriptors = DescriptorLimit.raise(to: wanted.descriptorsNeeded + ours)
        let limits = wanted.fitting(descriptors: descriptors - ours)
        if limits.connectionsMax < wanted.connectionsMax {
            logger.warning(
                "fewer connections are taken than usual, since this process may not open more files; raise its limit "
                    + "(LimitNOFILE= in a service file, ulimit -n in a shell)",
                [
                    "descriptors": descriptors, "connections": limits.connectionsMax,
                    "connections_of_one_address": limits.connectionsPerAddressMax,
                ])
        }
        return limits
    }

    /// For the log, files of the console, backups and calls to others.
    private static let descriptorsOfOurOwn = 128
}

extension Kind where Value == RemoteAddress {
    /// A numeric IPv4 or IPv6 address.
    static var remoteAddress: Kind {
        Kind(form: "an address such as 10.0.0.5 or fd00::5", placeholder: "address") { text, _ throws(Malformed) in
            guard let address = RemoteAddress(text) else { throw Malformed() }
            return address
        }
    }
}
