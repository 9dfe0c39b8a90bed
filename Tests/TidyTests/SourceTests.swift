import Testing

/// Keeps the code in the order that `ops/contributing.md` promises.
@Suite struct SourceTests {
    static let linesMax = 350
    static let functionLinesMax = 70

    @Test func noFileIsTooLongToUnderstandAtOnce() throws {
        for file in try Checkout.swiftFiles() + Checkout.files(in: "Tests", ending: ".py") {
            #expect(file.lines.count <= Self.linesMax, "split \(file.path) by duty: \(file.lines.count) lines")
        }
    }

    @Test func noFunctionIsLongerThanAScreen() throws {
        for file in try Checkout.swiftFiles() {
            for function in functions(in: file) where function.lineCount > Self.functionLinesMax {
                Issue.record("\(file.path):\(function.line) \(function.lineCount) lines: \(function.head)")
            }
        }
    }

    @Test func theProductStaysFreeOfFoundationAndDispatch() throws {
        for file in try Checkout.files(in: "Sources", ending: ".swift") {
            for line in file.lines where line.contains("import Foundation") || line.contains("import Dispatch") {
                Issue.record("\(file.path) pulls in 40 MB of runtime: \(line)")
            }
        }
    }

    @Test(arguments: ["try!", " as! ", "fatalError(", "TODO", "FIXME"])
    func theProductHoldsNo(daring word: String) throws {
        for file in try Checkout.files(in: "Sources", ending: ".swift") {
            for (number, line) in file.lines.enumerated() where line.contains(word) {
                Issue.record("\(file.path):\(number + 1) \(line)")
            }
        }
    }

    /// A command whose output got lost fails, which only `Output` sees to.
    @Test(arguments: ["print(", "debugPrint(", "fputs(", "puts(", "putchar(", "STDOUT_FILENO"])
    func onlyTheTerminalWritesToStandardOutput(_ call: String) throws {
        let own = ["Sources/bench/", "Sources/TestSupport/", "Sources/System/Processes/", "Sources/CLI/Terminal/"]
        for file in try Checkout.files(in: "Sources", ending: ".swift") where !own.contains(where: file.path.hasPrefix)
        {
            for (number, line) in file.lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                let calls = line.ranges(of: call).contains { range in
                    line[..<range.lowerBound].last.map { !$0.isLetter && $0 != "." } ?? true
                }
                if calls { Issue.record("\(file.path):\(number + 1) writes past the terminal: \(line)") }
            }
        }
    }

    /// The names of what no test may call; nothing sleeps here.
    @Test(arguments: ["Task.sleep", "usleep(", "nanosleep("])
    func noTestWaitsForTime(by call: String) throws {
        for file in try Checkout.files(in: "Tests", ending: ".swift") where !file.path.hasPrefix("Tests/TidyTests") {
            for (number, line) in file.lines.enumerated() where line.contains(call) {
                Issue.record("\(file.path):\(number + 1) wait for a condition instead: \(line)")
            }
        }
    }

    @Test func whatTheCompilerCannotCheckGivesItsReason() throws {
        for file in try Checkout.files(in: "Sources", ending: ".swift") {
            for (number, line) in file.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let around = file.lines[max(0, number - 6)...min(file.lines.count - 1, number + 3)]
                #expect(around.contains { $0.contains("//") }, "\(file.path):\(number + 1) says no reason")
            }
        }
    }

    /// Text that PostgreSQL reads as an array has rules of its own: a tag `null` became NULL. Arrays are bound, or made of
    /// constants by `ARRAY[…]`; without a cast, PostgreSQL takes no text for one.
    @Test func noArrayIsWrittenAsText() throws {
        let files =
            try Checkout.files(in: "Sources", ending: ".swift") + Checkout.files(in: "projections", ending: ".sql")
        for file in files {
            for (number, line) in file.lines.enumerated() {
                for cast in line.matches(of: /(.?)\s*::\s*[a-z0-9_]+\s*\[\]/) where cast.output.1 != "]" {
                    Issue.record("\(file.path):\(number + 1) \(line)")
                }
            }
        }
    }

    /// Whoever writes takes the name from the `Actor` that asked. The catalogue keeps the word for addresses.
    @Test func oneDeclarationNamesTheAdministrator() throws {
        let own = [
            "Sources/Accounts/Actor.swift", "Sources/Catalogue/Reading/TypeReader.swift", "Sources/TestStudio/",
            "Sources/TestSupport/",
        ]
        for file in try Checkout.files(in: "Sources", ending: ".swift") where !own.contains(where: file.path.hasPrefix)
        {
            for (number, line) in file.lines.enumerated()
            where line.contains("\"admin\"") && !line.drop(while: { $0 == " " }).hasPrefix("//") {
                Issue.record("\(file.path):\(number + 1) name the actor who asked: \(line)")
            }
        }
    }

    /// Elsewhere the time of day is passed in, at most with the machine's as a default. Those named here are programs, and the one
    /// place that has nobody to get it from.
    @Test func theTimeOfDayIsPassedIn() throws {
        let own = [
            "Sources/lifeos/", "Sources/bench/", "Sources/API/Parameters/ParameterShape+Shared.swift",
        ]
        for file in try Checkout.files(in: "Sources", ending: ".swift") where !own.contains(where: file.path.hasPrefix)
        {
            for (number, line) in file.lines.enumerated()
            where line.replacing(": any WallClock = SystemWallClock()", with: "").contains("SystemWallClock()") {
                Issue.record("\(file.path):\(number + 1) take a clock: \(line)")
            }
            if file.path.hasPrefix("Sources/System/") { continue }
            for (number, line) in file.lines.enumerated() where line.contains("CLOCK_REALTIME") {
                Issue.record("\(file.path):\(number + 1) take a clock: \(line)")
            }
        }
    }

    @Test func noPointerLeavesItsRoom() throws {
        for file in try Checkout.files(in: "Sources", ending: ".swift") {
            for (number, line) in file.lines.enumerated() where line.contains("public ") && line.contains("Unsafe") {
                Issue.record("\(file.path):\(number + 1) \(line)")
            }
        }
    }

    @Test(arguments: ["Manager", "Helper", "Utils", "Utilities", "Common", "Preset", "Misc"])
    func namesSayADuty(not word: String) throws {
        for file in try Checkout.swiftFiles() where !file.path.hasPrefix("Tests/TidyTests") {
            #expect(!file.path.contains(word), "name \(file.path) after its duty")
            for (number, line) in file.lines.enumerated() {
                let declares = ["class ", "struct ", "enum ", "protocol ", "actor "].contains {
                    line.contains($0 + word)
                }
                #expect(!declares, "\(file.path):\(number + 1) \(line)")
            }
        }
    }

    private func functions(in file: Checkout.SourceFile) -> [(line: Int, head: Substring, lineCount: Int)] {
        var found: [(line: Int, head: Substring, lineCount: Int)] = []
        for (start, line) in file.lines.enumerated() {
            let indentation = line.prefix { $0 == " " }
            let head = line.dropFirst(indentation.count)
            let isInitializer = head.contains("init(") && !head.contains(".init(")
            guard head.contains("func ") || isInitializer, !head.hasPrefix("//") else { continue }
            guard let end = file.lines[start...].firstIndex(where: { $0 == indentation + "}" }) else { continue }
            // A one-line body or a protocol's requirement ends before the next declaration at this depth.
            let body = file.lines[(start + 1)..<max(end, start + 1)]
            let isOneLine = body.contains {
                $0.hasPrefix(indentation) && !$0.hasPrefix(indentation + " ") && $0.contains("func ")
            }
            if !isOneLine { found.append((start + 1, head, end - start + 1)) }
        }
        return found
    }
}
