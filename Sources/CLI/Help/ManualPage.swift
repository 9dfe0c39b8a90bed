internal import Configuration

/// The manual page of the whole program, for `man`: made of the same declarations as its help.
struct ManualPage {
    private let application: Application

    init(_ application: Application) { self.application = application }

    /// The page in the language of `man(7)`.
    var text: String {
        var lines = [
            ".\\\" Made by \"\(application.name) manual\".",
            ".TH \(application.name.uppercased()) 1 \"\" \"\" \"\"",
            ".SH NAME", "\(application.name) \\- \(Self.plain(application.summary))",
            ".SH SYNOPSIS", ".B \(application.name)", ".I command", "[options]",
        ]
        for group in application.groups {
            lines.append(".SH \(Self.plain(group.title.uppercased()))")
            for command in group.commands { lines += section(of: command) }
        }
        lines.append(".SH OPTIONS OF EVERY COMMAND")
        lines += Self.list(
            GlobalOptions.all.map { (Application.term($0), Application.explanation(of: $0)) })
        for topic in application.topics {
            lines += [".SH \(topic.name.uppercased())", Self.plain(topic.summary)]
            lines += Self.list(topic.entries())
        }
        lines.append(".SH EXIT STATUS")
        lines += Self.list(ExitCode.meanings.map { ($0.code, $0.meaning.replacing("`", with: "")) })
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(of command: Command) -> [String] {
        let usage = (command.options + command.arguments).map(\.usage).joined(separator: " ")
        var lines = [
            ".SS \(application.name) \(command.path)", ".B \(application.name) \(command.path)", Self.plain(usage),
            ".PP", Self.plain(command.summary),
        ]
        if let details = command.details {
            for paragraph in details.split(separator: "\n\n") {
                lines += [".PP", Self.plain(String(paragraph).replacing("\n", with: " "))]
            }
        }
        lines += Self.list(
            (command.arguments + command.options).map { (Application.term($0), Application.explanation(of: $0)) })
        for (line, meaning) in command.examples {
            lines += [".PP", Self.plain(meaning), ".br", ".B \(Self.plain(line))"]
        }
        return lines
    }

    private static func list(_ entries: [(term: String, text: String)]) -> [String] {
        entries.flatMap { [".TP", ".B \(plain(String($0.term.drop { $0 == " " })))", plain($0.text)] }
    }

    /// Text that says nothing to `man`: no escape, no request at the beginning of a line, and dashes that can be copied.
    private static func plain(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
    }
}

extension Command {
    private enum ManualFormat: String, CaseIterable { case man, markdown }

    private static let format = Option(
        "format", .choice(of: ManualFormat.self), default: "man",
        "The format: man for the full manual, markdown for a table of commands.")

    /// `manual`, which every program has.
    static let manual = Command(
        "manual", "Print the manual page of all commands and settings.",
        details: "If no package has installed the page, save it to a file and read it with: man -l FILE",
        options: [format]
    ) { run in
        switch run[format] {
        case .man: run.output.verbatim(ManualPage(run.application).text)
        case .markdown: run.output.verbatim(CommandTable(run.application).text)
        }
    }
}
