import CLI
import Testing

@Suite struct ManualTests {
    @Test func itHasEveryCommandOptionAndTopic() async {
        let outcome = await Sample.run("manual")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains(".TH SAMPLE 1"))
        for line in [
            ".SS sample serve", ".SS sample backup create", ".SS sample completion", ".B \\-t, \\-\\-to <folder>",
            ".B sample backup create nightly \\-\\-full", ".SH WORDS", "All events, in order, for ever.",
        ] {
            #expect(outcome.output.contains("\n\(line)\n"), "\(line)")
        }
    }

    /// A line that begins with a dot, and a backslash anywhere, would be orders to `man`.
    @Test func textIsNeverAnOrderToMan() async {
        let command = Command(
            "odd", ".hidden files are read.", details: "A \\ is kept.\n\n'quoted' and so on."
        ) { _ in }
        let outcome = await Sample.run(["manual"], extra: [command])
        #expect(outcome.output.contains("\n\\&.hidden files are read.\n"))
        #expect(outcome.output.contains("\nA \\e is kept.\n.PP\n\\&'quoted' and so on.\n"))
    }
}
