internal import JSON

extension Command {
    /// A command that runs all checks at once, prints what they found in their order, and fails when one failed.
    ///
    /// - Parameter checks: made when the command runs, since they depend on what was given.
    public static func doctor(
        _ path: String = "doctor", _ summary: String = "Check for common problems.",
        options: [any Parameter] = [], checks: @escaping @Sendable (Invocation) async throws -> [Check]
    ) -> Command {
        Command(path, summary, options: options) { run in
            let checks = try await checks(run)
            let findings = await withTaskGroup(of: (Int, Check.Finding).self) { group in
                for (index, check) in checks.enumerated() { group.addTask { (index, await check.run(run.clock)) } }
                return await group.reduce(into: [Int: Check.Finding]()) { $0[$1.0] = $1.1 }
            }
            try Task.checkCancellation()
            for (index, check) in checks.enumerated() {
                if let finding = findings[index] { run.output.report(check.name, finding) }
            }
            let failed = findings.values.count { $0.status == .failed }
            guard failed == 0 else {
                throw Failure(failed == 1 ? "A check failed." : "\(failed) of \(checks.count) checks failed.")
            }
        }
    }
}

extension Output {
    /// Prints one finding: a mark, the name, the message, and the advice beneath.
    fileprivate func report(_ name: String, _ finding: Check.Finding) {
        if isJSON {
            return writeJSON {
                $0.object {
                    $0.field("check", name)
                    $0.field("status", finding.status.rawValue)
                    $0.field("message", finding.message)
                    if let advice = finding.advice { $0.field("advice", advice) }
                }
            }
        }
        let status = Cell.status(finding.status)
        let mark = status.coloured(DisplayText.pad(status.shown, to: 7), style)
        var text = "\(mark)  \(style.bold(DisplayText.clean(name))): \(DisplayText.clean(finding.message))\n"
        for line in DisplayText.wrap(finding.advice.map { DisplayText.clean($0) } ?? "", width: textWidth - 9) {
            if !line.isEmpty { text += "         \(line)\n" }
        }
        write(text)
    }
}
