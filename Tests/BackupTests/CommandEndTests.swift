import Backup
import EventLog
import System
import TestSupport
import Testing

/// No copy of a log ends within a command.
@Suite struct CommandEndTests {
    /// The position where a command ends, or the two between which it lies.
    private func outcome(_ find: () async throws -> CommandEnd) async throws -> [Int] {
        do { return [try await find().position] } catch let inside as InsideCommand {
            return [inside.before, inside.after]
        }
    }

    @Test func aBackupAndItsLogAgreeWhereCommandsEnd() async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(3) {
            // The last position of each command.
            var ends: [Int] = [0]
            let lengths = (0..<Int.random(in: 3...12, using: &random)).map { _ in
                [1, 1, 2, 3, 25].randomElement(using: &random) ?? 1
            }
            let split = Int.random(in: 1..<lengths.count, using: &random)
            for length in lengths { ends.append((ends.last ?? 0) + length) }
            try await LoggedSystem.with { [ends] system in
                for (index, length) in lengths.enumerated() {
                    // Segments of a few events: a command spans several.
                    if index == split { try await system.back(up: .full, segmentRawBytes: 1_000) }
                    try await system.fill(length, perCommand: length)
                }
                try await system.back(up: .incremental, segmentRawBytes: 1_000)
                let backup = try await BackupReader.newest(system.shelf())
                #expect(backup.chain.count == 2 && backup.head.position == ends.last)
                for position in 0...backup.head.position {
                    let before = ends.last { $0 <= position } ?? 0
                    let after = ends.first { $0 >= position } ?? 0
                    let expected = before == after ? [position] : [before, after]
                    let inLog = try await outcome {
                        try await EventReader(pool: system.pool).commandEnd(at: position)
                    }
                    let inBackup = try await outcome { try await backup.commandEnd(at: position) }
                    #expect(inLog == expected && inBackup == expected, "position \(position) of \(ends)")
                }
            }
        }
    }
}
