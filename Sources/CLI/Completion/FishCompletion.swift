internal import Configuration

/// A completion script for fish: one line for each thing that can be offered.
struct FishCompletion {
    private let application: Application
    private let places: [CompletionPlace]

    init(_ application: Application) {
        self.application = application
        places = CompletionPlace.all(of: application)
    }

    var script: String {
        let function = "__\(application.functionName)"
        return """
            # Completes \(application.name) in fish. Made by "\(application.name) completion fish".
            function \(function)_at
                set -l place ''
                for word in (commandline -opc)[2..-1]
                    switch "$place/$word"
                        case \(places.dropFirst().map(\.path).joined(separator: " "))
                            set place "$place/$word"
                    end
                end
                test "$place" = "$argv[1]"
            end
            complete -c \(application.name) -f
            \(GlobalOptions.all.map { line(condition: nil, $0) }.joined(separator: "\n"))
            \(places.flatMap(lines).joined(separator: "\n"))

            """
    }

    private func lines(at place: CompletionPlace) -> [String] {
        let condition = "__\(application.functionName)_at \(place.path.isEmpty ? "\"\"" : place.path)"
        let start = "complete -c \(application.name) -n \(condition.fishQuoted)"
        return place.words.map { "\(start) -a \($0.word.fishQuoted) -d \($0.meaning.fishQuoted)" }
            + place.ownOptions.map { line(condition: condition, $0) } + (place.takesFiles ? ["\(start) -F"] : [])
    }

    private func line(condition: String?, _ option: ParameterDeclaration) -> String {
        var parts = ["complete -c \(application.name)"]
        if let condition { parts.append("-n \(condition.fishQuoted)") }
        if let short = option.short { parts.append("-s \(short)") }
        parts.append("-l \(option.name)")
        switch option.completion {
        case .files: parts.append("-r -F")
        case .words(let words): parts.append("-x -a \(words.joined(separator: " ").fishQuoted)")
        case .nothing: if option.takesValue { parts.append("-x") }
        }
        return (parts + ["-d \(option.meaning.fishQuoted)"]).joined(separator: " ")
    }
}
