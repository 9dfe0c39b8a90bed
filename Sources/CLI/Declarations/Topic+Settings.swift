public import Configuration

extension Topic {
    /// The page of all settings, from their declarations.
    public static func settings(_ settings: [any AnySetting]) -> Topic {
        Topic("settings", "Variables of the environment that set the program up.") {
            settings.map { ($0.declaration.name, $0.declaration.explanation) }
        }
    }
}
