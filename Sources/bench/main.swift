import Glibc

do {
    let bench = try Bench(Array(CommandLine.arguments.dropFirst()))
    let table = try await bench.run()
    print(bench.printsJSON ? table.json : table.text)
} catch {
    say("bench: \(error)")
    exit(1)
}
