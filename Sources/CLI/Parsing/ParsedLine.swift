/// A command line, understood as far as its words go; the values are still texts.
struct ParsedLine {
    /// The command, or the noun whose verbs are to be listed.
    var node: CommandTree
    /// Everything that was given, by ``ParameterDeclaration/label``.
    var texts: [String: [String]] = [:]
    /// Whether `--help` stands somewhere.
    var wantsHelp = false
}
