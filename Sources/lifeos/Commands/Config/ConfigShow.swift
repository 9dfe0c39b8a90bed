import CLI
import Configuration
import Postgres
import Service
import System

extension Command {
    static let configShow = Command(
        "config show", "Show every setting, its value and where the value comes from. Secrets are hidden.",
        details: """
            Values come from the environment, from a file in LIFEOS_HOME or from the defaults. Wrong values and variables that \
            begin with LIFEOS_ and mean nothing are named, and then the exit code is 2. What each setting means: \
            `lifeos help settings`.
            """
    ) { run in
        let (lines, problems) = Settings.report(on: run.environment, declaring: LifeOSSettings.all)
        run.output.table(
            [
                Column("name", title: "Setting"), "value", Column("origin", title: "From"),
                Column("when_unset", title: "When unset"),
            ],
            lines.map { line in
                let (value, origin) = effective(line, lines)
                return [
                    .identifier(line.name), Cell(identifier: value), .text(origin),
                    value == nil ? Cell(line.whenUnset) : .nothing,
                ]
            })
        let ignored = LibpqEnvironment.removed
        if !ignored.isEmpty {
            run.output.warn("Variables of libpq that have no effect here: \(ignored.joined(separator: ", ")).")
        }
        if !problems.isEmpty { throw ConfigurationError(problems: problems) }
    }

    /// The administrator's token may be in the environment or in the home; everything else has its value in the line.
    private static func effective(_ line: Settings.Line, _ lines: [Settings.Line]) -> (value: String?, origin: String) {
        let home = lines.first { $0.name == LifeOSSettings.home.declaration.name }?.value
        if line.name == LifeOSSettings.adminToken.declaration.name, line.value == nil, let home,
            Files.exists("\(home)/admin-token")
        {
            return ("[set]", "file \(home)/admin-token")
        }
        return (line.value, line.origin.rawValue)
    }
}
