import System
import TestSupport
import Testing

/// The first command of the README, on a machine that has nothing. `ops/test-bare` types it in a Debian of its own.
@Suite struct SetupTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("setup") }

    /// `dpkg-query` fails when it does not know a package at all, and that ended the script without a word.
    @Test func aMachineWithoutThePackagesIsAskedToInstallThem() async throws {
        let asked = folder.path("asked")
        let result = try await setUp(
            [], where: ["apt-get": "echo \"$@\" >>\(asked)", "sudo": "echo \"$@\" >>\(asked)"])
        let installed = (try? Files.readText(asked)) ?? ""
        for package in ["libpq-dev", "libmicrohttpd-dev", "libargon2-dev"] {
            #expect(installed.contains(package), "\(result.outputText)\n\(result.errorText)")
        }
    }

    /// A list of packages to copy would have made a PostgreSQL cluster that nobody wants, and named a `sudo` that may not be there.
    @Test func whoCannotInstallIsToldTheOneLineThatRootIsToRun() async throws {
        let result = try await setUp(["--test"], where: ["id": "echo 1000", "sudo": "exit 1"])
        #expect(result.exit == .code(1))
        let line = "Run once as root, then this again: sudo \(Checkout.root)/ops/setup --test --only-apt"
        #expect(result.errorText.contains(line), "\(result.errorText)")
    }

    /// Runs `ops/setup` where no package is known, with these programs in place of the real ones.
    private func setUp(_ arguments: [String], where programs: [String: String]) async throws -> Program.Result {
        let all = programs.merging([
            "dpkg-query": "echo 'no packages found' >&2; exit 1", "swift": "echo 'Swift version 6.3.1'",
        ]) { $1 }
        for (name, script) in all {
            try Files.replace(folder.path(name), with: Array("#!/bin/sh\n\(script)\n".utf8), mode: 0o755)
        }
        let path = Program.plainEnvironment["PATH"] ?? "/usr/bin:/bin"
        return try await Program(
            "/bin/bash", ["\(Checkout.root)/ops/setup"] + arguments,
            environment: ["PATH": "\(folder.path):\(path)", "HOME": folder.path]
        ).run()
    }
}
