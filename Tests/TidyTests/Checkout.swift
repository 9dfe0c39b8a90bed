import System
import Testing

/// The files of this checkout, as the tidy tests see them: paths relative to its root.
struct Checkout {
    static let root = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))

    struct SourceFile: Sendable, CustomTestStringConvertible {
        let path: String
        let lines: [Substring]

        var testDescription: String { path }
    }

    /// Every file below a folder of the checkout whose name ends like this; dot-folders are left out.
    static func files(in folder: String, ending: String) throws -> [SourceFile] {
        var found: [SourceFile] = []
        for name in try Files.names(in: "\(root)/\(folder)") where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            if Files.isFolder("\(root)/\(path)") {
                found += try files(in: path, ending: ending)
            } else if name.hasSuffix(ending) {
                found.append(try file(path))
            }
        }
        return found
    }

    static func file(_ path: String) throws -> SourceFile {
        let text = try Files.readText("\(root)/\(path)")
        return SourceFile(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }

    static func swiftFiles() throws -> [SourceFile] {
        try files(in: "Sources", ending: ".swift") + files(in: "Tests", ending: ".swift")
    }
}
