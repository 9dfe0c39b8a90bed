internal import Configuration

/// The options that every command has.
enum GlobalOptions {
    enum Colour: String, CaseIterable { case auto, always, never }

    static let help = Option(flag: "help", short: "h", "Show help for the command.")
    static let json = Option(flag: "json", "Print JSON lines, for scripts.")
    static let yes = Option(flag: "yes", short: "y", "Answer every question with yes.")
    static let colour = Option(
        "color", .choice(of: Colour.self), default: "auto", placeholder: "when",
        "Colours: auto, always or never. NO_COLOR also turns them off.")

    static let all: [ParameterDeclaration] = [
        help.declaration, json.declaration, yes.declaration, colour.declaration,
    ]
}
