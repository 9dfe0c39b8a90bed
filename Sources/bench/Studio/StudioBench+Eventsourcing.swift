import System

/// The event store that Python programs use most, saving the same characters to the same server.
extension StudioBench {
    func eventsourcing(_ python: String) async throws -> Double {
        try Files.replace("\(folder)/sourced.py", with: Array(Self.sourcedProgram.utf8))
        let result = try await Program(
            "\(python)/bin/python", ["\(folder)/sourced.py", conninfo, "\(seconds)", "16"]
        ).run(timeout: .seconds(seconds + 30))
        guard let rate = Peers.figure(after: "events a second:", in: result.outputText) else {
            throw BenchError("eventsourcing: \(result.outputText) \(result.errorText)")
        }
        return rate
    }

    private static let sourcedProgram = """
        import sys, threading, time
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate
        from psycopg.conninfo import conninfo_to_dict

        class Character(Aggregate):
            def __init__(self, name, personality, occupation, age, backstory):
                self.name, self.personality, self.occupation = name, personality, occupation
                self.age, self.backstory = age, backstory

        place, seconds, counts = conninfo_to_dict(sys.argv[1]), float(sys.argv[2]), []
        application = Application(env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_DBNAME": "sourced", "POSTGRES_HOST": place["host"],
            "POSTGRES_PORT": place.get("port", "5432"), "POSTGRES_USER": place["user"], "POSTGRES_PASSWORD": "none",
            "POSTGRES_POOL_SIZE": sys.argv[3], "POSTGRES_MAX_OVERFLOW": "0"})

        def save():
            count, end = 0, time.monotonic() + seconds
            while time.monotonic() < end:
                application.save(Character(f"Character {count}", "\(personality)", "gardener", 33, "\(backstory)"))
                count += 1
            counts.append(count)

        threads = [threading.Thread(target=save) for _ in range(int(sys.argv[3]))]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print("events a second:", sum(counts) / seconds)
        """
}
