internal import Configuration

/// A completion script for bash 4.4 and newer.
struct BashCompletion {
    private let application: Application
    private let places: [CompletionPlace]

    init(_ application: Application) {
        self.application = application
        places = CompletionPlace.all(of: application)
    }

    /// The script walks over the words before the cursor to find the command, then offers what its declaration says.
    /// Bash takes `--to=x` for three words, which is why an `=` is looked past.
    var script: String {
        """
        # Completes \(application.name) in bash. Made by "\(application.name) completion bash".
        _\(application.functionName)() {
            local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
            local place= words= options= files= index
            if [[ $current == = ]]; then current=
            elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}
            fi
            for ((index = 1; index < COMP_CWORD; index++)); do
                case "$place/${COMP_WORDS[index]}" in
                    \(places.dropFirst().map(\.path).joined(separator: "|"))) place+=/${COMP_WORDS[index]} ;;
                esac
            done
            case "$place:$previous" in
        \(values.joined(separator: "\n"))
                *) case "$place" in
        \(places.map(offer).joined(separator: "\n"))
                esac ;;
            esac
            if [[ -n $options && $current == -* ]]; then words=$options files=; fi
            COMPREPLY=()
            if [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"); fi
            if [[ -n $files ]]; then
                compopt -o filenames 2>/dev/null
                mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$current")
            fi
        }
        complete -F _\(application.functionName) \(application.name)

        """
    }

    /// What can follow an option that takes a value.
    private var values: [String] {
        let own = places.flatMap { place in place.ownOptions.filter(\.takesValue).map { (place.path, $0) } }
        let global = GlobalOptions.all.filter(\.takesValue).map { ("*", $0) }
        return (own + global).map { path, option in
            let pattern = option.spellings.map { "\(path):\($0)" }.joined(separator: "|")
            switch option.completion {
            case .files: return "        \(pattern)) files=1 ;;"
            case .words(let words): return "        \(pattern)) words=\(words.joined(separator: " ").shellQuoted) ;;"
            case .nothing: return "        \(pattern)) ;;"
            }
        }
    }

    private func offer(_ place: CompletionPlace) -> String {
        let words = place.words.map(\.word).joined(separator: " ").shellQuoted
        let options = place.options.map(\.label).joined(separator: " ").shellQuoted
        let files = place.takesFiles ? " files=1" : ""
        return "            \(place.path.shellQuoted)) words=\(words) options=\(options)\(files) ;;"
    }
}
