extension Spelling {
    /// The text in quotation marks, safe to put into a sentence for a terminal or a log: control characters and marks
    /// that turn the direction of writing are escaped, and what is longer than `lengthMax` characters ends in `…`.
    public static func quoted(_ text: String, lengthMax: Int = 60) -> String {
        var quoted = "\""
        for (index, character) in text.enumerated() {
            if index == lengthMax { return quoted + "…\"" }
            for scalar in character.unicodeScalars {
                switch scalar {
                case "\"", "\\": quoted += "\\\(scalar)"
                case "\n": quoted += "\\n"
                case "\t": quoted += "\\t"
                case _ where isControl(scalar) || scalar.properties.isBidiControl:
                    quoted += "\\u{\(String(scalar.value, radix: 16))}"
                default: quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
