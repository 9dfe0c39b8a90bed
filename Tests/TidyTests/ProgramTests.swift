import System
import Testing

/// `ops/programs` says where each program comes from that scripts, pages and tests start. `ops/test-bare` looks whether that
/// is true, in a Debian that has nothing; here it is made sure that none is left out.
@Suite struct ProgramTests {
    private static let listed: Set<String> = {
        let lines = (try? Checkout.file("ops/programs").lines) ?? []
        return Set(lines.filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: " ").first.map(String.init) })
    }()

    /// Named by whole paths, as tests have to.
    @Test func thoseOfTestsAreListed() throws {
        for file in try Checkout.swiftFiles() where !file.path.hasPrefix("Sources/PrivatePostgres") {
            for match in file.lines.joined(separator: "\n").matches(of: /"\/(?:usr\/)?s?bin\/([a-z0-9_.-]+)"/) {
                #expect(Self.listed.contains(String(match.output.1)), "\(file.path): \(match.output.0)")
            }
        }
    }

    /// The first words of lists of arguments.
    @Test func thoseOfTheAttackerAreListed() throws {
        for file in try Checkout.files(in: "Tests/Attack", ending: ".py") {
            let text = file.lines.joined(separator: "\n")
            let found =
                text.matches(of: /\["([a-z][a-z0-9-]*)", "-/).map(\.output.1)
                + text.matches(of: /which\("([a-z][a-z0-9-]*)"\)/).map(\.output.1)
            // PostgreSQL's own programs are looked for by a pattern first.
            for program in found where program != "postgres" {
                #expect(Self.listed.contains(String(program)), "\(file.path) starts \(program)")
            }
        }
    }

    @Test func thoseOfScriptsAndPagesAreListed() throws {
        let scripts = try Checkout.files(in: "ops", ending: "") + [Checkout.file(".ci/run")]
        let pages = try Checkout.files(in: "ops", ending: ".md") + [Checkout.file("README.md")]
        var found = 0
        for script in scripts where script.lines.first?.contains("bash") == true {
            found += Self.expectListed(script.lines, script.path)
        }
        for page in pages {
            let blocks = page.lines.split { $0.hasPrefix("```") }
            // Between two fences, and shell where the first one says so.
            let shell = blocks.filter { block in
                block.startIndex > 0 && page.lines[block.startIndex - 1] == "```sh"
            }
            for block in shell { found += Self.expectListed(Array(block), page.path) }
        }
        #expect(found > 50)
    }

    /// Words where a command can stand, as far as can be told without a shell; which of them are programs, this machine knows.
    private static func expectListed(_ lines: [Substring], _ path: String) -> Int {
        var count = 0
        for line in lines where !line.drop(while: { $0 == " " }).hasPrefix("#") {
            for word in commands(in: line) where isProgram(word) {
                count += 1
                #expect(listed.contains(word) || ofShell.contains(word), "\(path) starts \(word)")
            }
        }
        return count
    }

    private static func commands(in line: Substring) -> [String] {
        // Every second piece stands in single quotes.
        let text = line.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset % 2 == 0 ? String($0.element) : "''" }.joined()
        return text.split(whereSeparator: { "|;&(!{`".contains($0) }).compactMap { part in
            part.split(separator: " ").drop { leading.contains(String($0)) || $0.contains("=") }.first
                .map { $0.prefix { $0 != ")" } }.map(String.init)
        }
    }

    private static func isProgram(_ word: String) -> Bool {
        word.first?.isLetter == true
            && word.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
            && ["/usr/bin", "/usr/sbin"].contains { Files.exists("\($0)/\(word)") }
    }

    /// What stands before a command.
    private static let leading: Set<String> = ["then", "do", "else", "elif", "if", "while", "until", "exec", "env"]

    /// What the shell does itself or a script defines, and words of sentences that are called like a program.
    private static let ofShell: Set<String> = ["as", "kill", "lifeos", "prometheus", "sudo", "swift", "test", "write"]
}
