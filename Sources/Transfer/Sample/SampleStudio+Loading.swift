import Catalogue
import Commands
public import Entities
import EventLog
import JSON
public import System

extension SampleStudio {
    /// Tells the week to an empty log, as if it had just gone by.
    ///
    /// - Parameters:
    ///   - clock: the one that the service's writer has.
    ///   - now: the end of the week.
    ///   - actor: who loads it.
    ///   - progress: told how many of how many steps are done.
    /// - Returns: the position of the log afterwards.
    public func load(
        into service: EntityService, clock: SampleClock, now: Timestamp, actor: String,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> Int {
        let reader = EntityReader(pool: service.pool, catalogue: service.catalogue)
        let head = try await reader.head()
        guard head == 0 else {
            throw Problem(
                "The log",
                "It already ends at position \(head); signing in adds an event, too. The sample's events are dated over the "
                    + "past week and cannot follow existing events: use an empty LIFEOS_HOME.")
        }
        let today = now.microsecondsSinceEpoch - now.microsecondsSinceEpoch % Self.microsecondsPerDay
        let start = Timestamp(microsecondsSinceEpoch: today - Int64(Self.days) * Self.microsecondsPerDay)
        for (index, step) in steps.enumerated() {
            progress(index, steps.count)
            clock.set(start + step.time)
            do {
                _ = try await service.writer.submit(try await command(step, index, reader))
            } catch let rejection as Rejection {
                throw Problem(step.place, "It was refused: \(rejection)")
            }
        }
        progress(steps.count, steps.count)
        // Here the tale ends: whoever wonders later finds out where it came from.
        clock.set(now)
        try await Operation(service, actor: actor).run(
            .init("sample_load", "Load of the sample studio", total: steps.count)
        ) { _ in }
        return try await reader.head()
    }

    private static let microsecondsPerDay: Int64 = 86_400_000_000

    private func command(_ step: Step, _ index: Int, _ reader: EntityReader) async throws -> EntityCommand {
        // Ids made of the place in the tale, so that it is the same tale wherever it is told.
        var meta = EventMeta(actor: step.actor, command: step.type.derivedID(slug: "sample-command:\(index)"))
        meta.correlation = steps[0].type.derivedID(slug: "sample-sitting:\(step.sitting)")
        meta.reason = step.reason
        let action: EntityCommand.Action
        switch step.deed {
        case .action(let given): action = given
        case .revert(let version):
            guard let document = try await reader.version(version, of: step.id, step.type),
                let data = try JSONValue(parsing: document)["data"]?.object
            else { throw Problem(step.place, "There is no version \(version).") }
            action = .revert(toVersion: version, content: Content(data, of: step.type))
        }
        return EntityCommand(action, on: step.id, of: step.type, meta: meta)
    }
}
