internal import Configuration

/// A completion script for zsh, which shows the meaning of each word beside it.
struct ZshCompletion {
    private let application: Application
    private let places: [CompletionPlace]

    init(_ application: Application) {
        self.application = application
        places = CompletionPlace.all(of: application)
    }

    var script: String {
        """
        #compdef \(application.name)
        # Completes \(application.name) in zsh. Made by "\(application.name) completion zsh".
        _\(application.functionName)() {
            local place= previous=${words[CURRENT-1]}
            local -a offered options
            local files= index
            for ((index = 2; index < CURRENT; index++)); do
                case "$place/${words[index]}" in
                    (\(places.dropFirst().map(\.path).joined(separator: "|"))) place+=/${words[index]} ;;
                esac
            done
            if [[ $PREFIX == --*=* ]]; then
                previous=${PREFIX%%=*}
                compset -P '*='
            fi
            case "$place:$previous" in
        \(values.joined(separator: "\n"))
            esac
            case "$place" in
        \(places.map(offer).joined(separator: "\n"))
            esac
            if [[ $PREFIX == -* ]]; then
                _describe -o option options
            else
                (( $#offered )) && _describe word offered
                [[ -n $files ]] && _files
            fi
        }
        if [[ $funcstack[1] == _\(application.functionName) ]]; then
            _\(application.functionName) "$@"
        else
            compdef _\(application.functionName) \(application.name)
        fi

        """
    }

    private var values: [String] {
        let own = places.flatMap { place in place.ownOptions.filter(\.takesValue).map { (place.path, $0) } }
        let global = GlobalOptions.all.filter(\.takesValue).map { ("*", $0) }
        return (own + global).map { path, option in
            let pattern = option.spellings.map { "\(path):\($0)" }.joined(separator: "|")
            switch option.completion {
            case .files: return "        (\(pattern)) _files; return ;;"
            case .words(let words):
                return "        (\(pattern)) compadd -- \(words.map(\.shellQuoted).joined(separator: " ")); return ;;"
            case .nothing: return "        (\(pattern)) _message \(option.placeholder.shellQuoted); return ;;"
            }
        }
    }

    private func offer(_ place: CompletionPlace) -> String {
        let words = place.words.map { "\($0.word):\($0.meaning)".shellQuoted }.joined(separator: " ")
        let options = place.options.map { "\($0.label):\($0.meaning)".shellQuoted }.joined(separator: " ")
        let files = place.takesFiles ? " files=1" : ""
        return """
                    (\(place.path.isEmpty ? "''" : place.path))
                        offered=(\(words))
                        options=(\(options))\(files) ;;
            """
    }
}
