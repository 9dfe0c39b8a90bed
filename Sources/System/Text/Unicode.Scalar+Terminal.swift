extension Unicode.Scalar {
    /// Whether it does something to a terminal, or to the order in which a line is read, rather than being shown: control
    /// characters, also those beyond ASCII (C1), line ends of Unicode, and the marks that turn the direction of a text.
    ///
    /// Whatever comes from outside may hold these, and a log or a table that shows them shows what a stranger wants.
    public var commandsTerminals: Bool {
        if value < 0x7F { return value < 0x20 }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        default: return properties.isBidiControl
        }
    }
}
