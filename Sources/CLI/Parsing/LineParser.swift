internal import Spelling

/// Reads a command line against the declarations. Pure: what it finds wrong is a ``Failure`` with a suggestion.
struct LineParser {
    private let application: Application
    private let tokens: [String]
    private var position = 0
    private var positionals: [String] = []
    private var line: ParsedLine

    static func parse(_ tokens: [String], of application: Application) throws(Failure) -> ParsedLine {
        var parser = LineParser(application: application, tokens: tokens)
        try parser.run()
        return parser.line
    }

    private init(application: Application, tokens: [String]) {
        self.application = application
        self.tokens = tokens
        line = ParsedLine(node: application.tree)
    }

    private var options: [ParameterDeclaration] { (line.node.command?.options ?? []) + GlobalOptions.all }

    private mutating func run() throws(Failure) {
        // Whoever asks for help may have the rest wrong, so this is looked for first.
        let own = tokens.prefix { $0 != "--" }
        line.wantsHelp = own.contains { $0 == "--help" || $0 == "-h" }
        do {
            while position < tokens.count { try readToken() }
            try place(positionals)
        } catch {
            if !line.wantsHelp { throw error }
        }
    }

    private mutating func readToken() throws(Failure) {
        let token = tokens[position]
        position += 1
        if token == "--" {
            positionals += tokens[position...]
            position = tokens.count
        } else if token.hasPrefix("--") {
            try readLongOption(token.dropFirst(2))
        } else if token.hasPrefix("-"), token != "-", !isNegativeNumber(token) {
            try readShortOptions(token.dropFirst())
        } else if positionals.isEmpty, let next = line.node[token] {
            line.node = next
        } else {
            guard line.node.command != nil else { throw unknownWord(token) }
            positionals.append(token)
        }
    }

    /// `-5` is a value, unless a digit is declared as an option.
    private func isNegativeNumber(_ token: String) -> Bool {
        guard let digit = token.dropFirst().first, digit.isASCII, digit.isNumber else { return false }
        return !options.contains { $0.short == digit }
    }

    private mutating func readLongOption(_ text: Substring) throws(Failure) {
        let name = text.prefix { $0 != "=" }
        guard let option = options.first(where: { $0.name == name }) else { throw unknownOption("--\(name)") }
        let written = name.endIndex == text.endIndex ? nil : String(text[text.index(after: name.endIndex)...])
        try take(option, as: option.label, written: written)
    }

    /// One letter after the other; the first that takes a value takes the rest of the token, if there is a rest.
    private mutating func readShortOptions(_ letters: Substring) throws(Failure) {
        var rest = letters
        while let letter = rest.popFirst() {
            guard let option = options.first(where: { $0.short == letter }) else { throw unknownOption("-\(letter)") }
            var written: String?
            if rest.first == "=" || (option.takesValue && !rest.isEmpty) {
                written = String(rest.first == "=" ? rest.dropFirst() : rest)
                rest = ""
            }
            try take(option, as: "-\(letter)", written: written)
        }
    }

    private mutating func take(_ option: ParameterDeclaration, as spelled: String, written: String?) throws(Failure) {
        if line.texts[option.label] != nil, !option.isRepeated {
            throw usage("\(spelled) may be given only once.")
        }
        guard option.takesValue else {
            if let written { throw usage("\(spelled) takes no value, but was given \(Spelling.quoted(written)).") }
            line.texts[option.label] = [""]
            return
        }
        var value = written
        if value == nil { value = try nextValue(of: option, spelled) }
        if let value { line.texts[option.label, default: []].append(value) }
    }

    private mutating func nextValue(of option: ParameterDeclaration, _ spelled: String) throws(Failure) -> String? {
        guard position < tokens.count else {
            throw usage("\(spelled) needs a value: \(spelled) <\(option.placeholder)>.")
        }
        let value = tokens[position]
        if value.hasPrefix("-"), value != "-", !isNegativeNumber(value) {
            let hint = "If \(Spelling.quoted(value)) is the value, write --\(option.name)=\(value)."
            throw usage("\(spelled) needs a value: \(spelled) <\(option.placeholder)>. \(hint)")
        }
        position += 1
        return value
    }

    private mutating func place(_ values: [String]) throws(Failure) {
        guard let command = line.node.command else {
            if let first = values.first { throw unknownWord(first) }
            return
        }
        var rest = values[...]
        for argument in command.arguments {
            if argument.isRepeated {
                line.texts[argument.label] = Array(rest)
                rest = []
            } else if let value = rest.popFirst() {
                line.texts[argument.label] = [value]
            }
        }
        guard let extra = rest.first else { return }
        if let verb = Spelling.nearest(to: extra, among: line.node.children.map(\.word)) {
            throw unknownWord(extra, meaning: verb)
        }
        let count = command.arguments.count
        let limit = count == 0 ? "no arguments" : count == 1 ? "only one argument" : "only \(count) arguments"
        throw usage("\"\(command.path)\" takes \(limit), so \(Spelling.quoted(extra)) is one too many.")
    }

    private func usage(_ message: String) -> Failure { .usage(message, advice: application.seeHelp(of: line.node)) }

    private func unknownOption(_ written: String) -> Failure {
        let place = line.node.path.isEmpty ? "" : " of \"\(line.node.path.joined(separator: " "))\""
        let near =
            written.hasPrefix("--")
            ? Spelling.nearest(to: String(written.dropFirst(2)), among: options.map(\.name)) : nil
        let hint = near.map { " Did you mean --\($0)?" } ?? ""
        return usage("\(Spelling.quoted(written)) is not an option\(place).\(hint)")
    }

    private func unknownWord(_ word: String, meaning known: String? = nil) -> Failure {
        application.unknown(word, below: line.node, meaning: known)
    }
}

extension Application {
    /// A word that leads nowhere, with the nearest that leads somewhere.
    func unknown(_ word: String, below node: CommandTree, meaning known: String? = nil) -> Failure {
        let here = node.path.joined(separator: " ")
        let what = here.isEmpty ? "is not a command" : "is not a verb of \"\(here)\""
        var meant = (known ?? Spelling.nearest(to: word, among: node.children.map(\.word))).map {
            ([name] + node.path + [$0]).joined(separator: " ")
        }
        // Someone who begins with the verb, as in `create backup`, knows what they want.
        if meant == nil, here.isEmpty {
            meant = commands.first { $0.words.count > 1 && $0.words.last == word }.map { "\(name) \($0.path)" }
        }
        let hint = meant.map { " Did you mean \"\($0)\"?" } ?? ""
        return .usage("\(Spelling.quoted(word)) \(what).\(hint)", advice: seeHelp(of: node))
    }

    func seeHelp(of node: CommandTree) -> String {
        "See \"\((["\(name) help"] + node.path).joined(separator: " "))\"."
    }
}
