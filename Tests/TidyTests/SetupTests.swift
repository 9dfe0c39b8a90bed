import System
import TestSupport
import Testing

/// The first command of the README, on a machine that has nothing.
@Suite struct SetupTests {
    /// `dpkg-query` fails when it does not know a package at all, and that ended the script without a word.
    @Test func aMachineWithoutThePackagesIsAskedToInstallThem() async throws {
        let folder = try TemporaryFolder("setup")
        try Files.replace(
            folder.path("dpkg-query"), with: Array("#!/bin/sh\necho 'no packages found' >&2\nexit 1\n".utf8),
            mode: 0o755)
        let asked = folder.path("asked")
        for name in ["apt-get", "sudo"] {
            try Files.replace(
                folder.path(name), with: Array("#!/bin/sh\necho \"$@\" >>\(asked)\nexit 0\n".utf8), mode: 0o755)
        }
        try Files.replace(
            folder.path("swift"), with: Array("#!/bin/sh\necho 'Swift version 6.3.1'\n".utf8), mode: 0o755)
        let path = Program.plainEnvironment["PATH"] ?? "/usr/bin:/bin"
        let setup = Program(
            "/bin/bash", ["\(Checkout.root)/ops/setup"],
            environment: ["PATH": "\(folder.path):\(path)", "HOME": folder.path])
        let result = try await setup.run()
        let installed = (try? Files.readText(asked)) ?? ""
        for package in ["libpq-dev", "libmicrohttpd-dev", "libargon2-dev"] {
            #expect(installed.contains(package), "\(result.outputText)\n\(result.errorText)")
        }
    }
}
