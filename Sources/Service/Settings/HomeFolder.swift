import CLI
package import Configuration
import Glibc
import System

extension Settings {
    /// The folder of all data. As root, only one that nobody else can write: what others put there we would read, follow or
    /// write through.
    package func home() throws -> String {
        let home = self[LifeOSSettings.home]
        guard geteuid() == 0, let exposure = try Files.exposure(of: home) else { return home }
        throw Failure(
            "LIFEOS_HOME, \(home), is not safe to use as root: \(exposure).",
            advice: "\(exposure.advice), or set LIFEOS_HOME to another folder.", code: .configuration)
    }
}
