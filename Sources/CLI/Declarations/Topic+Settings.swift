public import Configuration

extension Topic {
    /// The page of all settings, from their declarations.
    public static func settings(_ settings: [any AnySetting]) -> Topic {
        Topic("settings", "Environment variables that configure the program.") {
            settings.map { ($0.declaration.name, $0.declaration.explanation) }
        }
    }
}
