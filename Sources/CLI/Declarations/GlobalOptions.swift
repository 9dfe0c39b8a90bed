internal import Configuration

/// The options that every command has.
enum GlobalOptions {
    enum Colour: String, CaseIterable { case auto, always, never }

    static let help = Option(flag: "help", short: "h", "Explains the command.")
    static let json = Option(flag: "json", "Prints JSON lines, for machines.")
    static let yes = Option(flag: "yes", short: "y", "Answers every question with yes.")
    static let colour = Option(
        "color", .choice(of: Colour.self), default: "auto", placeholder: "when",
        "Colours: auto, always or never. NO_COLOR turns them off as well.")

    static let all: [ParameterDeclaration] = [
        help.declaration, json.declaration, yes.declaration, colour.declaration,
    ]
}
