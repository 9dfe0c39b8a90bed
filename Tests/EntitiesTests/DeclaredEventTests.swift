import Catalogue
import Commands
import Entities
import EventLog
import JSON
import Projections
import System
import TestStudio
import TestSupport
import Testing

/// What the catalogue does not declare does not reach the log: nobody could read it again.
@Suite struct DeclaredEventTests {
    @Test func whatIsNotDeclaredIsRefused() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let id = studio.service.identifiers.next()
            let start: JSONValue = ["kind": "test", "title": "x", "status": "running"]
            let refused: [(verb: String, data: JSONValue)] = [
                ("exploded", start), ("started", ["kind": "test"]),
                ("started", ["kind": "test", "title": "x", "status": "completed"]),
                ("started", ["kind": "test", "title": "x\u{0}y", "status": "running"]), ("progressed", ["done": 1]),
            ]
            for (verb, data) in refused {
                let command = try scribe.command(.declared(verb: verb, data), id, "operation")
                await #expect(throws: Rejection.self, "\(verb) \(data)") {
                    _ = try await studio.service.writer.submit(command)
                }
            }
            try await scribe.change(id, "operation", .declared(verb: "started", start))
            for (verb, data): (String, JSONValue) in [
                ("progressed", ["done": "much"]), ("progressed", ["color": "red"]),
            ] {
                await #expect(throws: Rejection.self, "\(verb) \(data)") {
                    try await scribe.change(id, "operation", .declared(verb: verb, data))
                }
            }
            #expect(studio.committed.events.map(\.type) == ["operation.started"])
        }
    }

    /// A rebuild once recorded its end by an event that the catalogue had lost, and no rebuild ever worked again.
    @Test func workIsNotBegunWhoseEndCouldNotBeRecorded() async throws {
        try await Studio.with { studio in
            let catalogue = try studio.catalogue(without: "completed")
            try await Node.with(studio, catalogue: catalogue) { node in
                await #expect(throws: OperationRefusal.undeclared(["completed"])) {
                    try await Operation(node.service, actor: "mira").run(.init("test", "Work")) { _ in }
                }
                let head = try await EventReader(pool: studio.pool).head()
                #expect(head.position == 0)
            }
        }
    }

    /// What was written while the catalogue declared it is skipped while it does not, and read again when it does.
    @Test func eventsComeBackWithTheirDeclaration() async throws {
        try await Studio.with { studio in
            try await Operation(studio.service, actor: "mira").run(.init("test", "Work")) { _ in }
            let before = try await studio.dump()
            let catalogue = try studio.catalogue(without: "completed")
            let report = try await studio.rebuilder(catalogue: catalogue).rebuild()
            #expect(report.skipped.all.map(\.reason) == [.undeclared])
            #expect(report.skipped.all.map(\.type) == ["operation.completed"])
            #expect(try await studio.dump() != before)
            try await studio.rebuilder().rebuild()
            #expect(try await studio.dump() == before)
        }
    }
}

extension Studio {
    /// The shipped catalogue, but for one event of operations.
    func catalogue(without verb: String) throws -> Catalogue {
        var documents: [(file: String, bytes: [UInt8])] = []
        for folder in ["\(Self.root)/events", "\(Self.root)/events/system"] {
            for name in try Files.names(in: folder) where name.hasSuffix(".json") {
                var json = try JSONValue(parsing: Files.read("\(folder)/\(name)", limit: 1 << 20))
                if name == "operation.json", var events = json["events"]?.object {
                    events[verb] = nil
                    json["events"] = .object(events)
                }
                documents.append(("\(folder)/\(name)", json.encoded()))
            }
        }
        return try Catalogue(documents: documents)
    }
}
