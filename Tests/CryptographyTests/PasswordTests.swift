import Synchronization
import System
import TestSupport
import Testing

@testable import Cryptography

@Suite struct Argon2Tests {
    /// RFC 9106, section 5.3.
    @Test func theExampleOfTheStandardHolds() throws {
        var password = [UInt8](repeating: 1, count: 32)
        let tag = try Argon2.hash(
            &password, salt: [UInt8](repeating: 2, count: 16), secret: [UInt8](repeating: 3, count: 8),
            data: [UInt8](repeating: 4, count: 12),
            parameters: Argon2Parameters(memoryKibibytes: 32, passes: 3, lanes: 4), byteCount: 32)
        #expect(hex(tag) == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")
        #expect(password == [UInt8](repeating: 0, count: 32))
    }

    @Test func aRefusalOfTheLibraryIsAnError() {
        var password: [UInt8] = [1]
        #expect(throws: CryptographyError.self) {
            try Argon2.hash(&password, salt: [1], parameters: .passwords, byteCount: 32)
        }
    }
}

@Suite struct PasswordHasherTests {
    /// As cheap as Argon2 allows, so that the tests are quick.
    static func cheap(concurrencyMax: Int = 2, waitingMax: Int = 64) -> PasswordHasher.Configuration {
        var configuration = PasswordHasher.Configuration()
        configuration.parameters = Argon2Parameters(memoryKibibytes: 8, passes: 1, lanes: 1)
        configuration.concurrencyMax = concurrencyMax
        configuration.waitingMax = waitingMax
        return configuration
    }

    @Test func onlyTheRightPasswordIsRight() async throws {
        let hasher = try PasswordHasher(Self.cheap())
        let known = try await hasher.hash("Grüße 🔑")
        #expect(try await hasher.verify("Grüße 🔑", against: known))
        for wrong in ["", "grüße 🔑", "Grüße 🔑 ", "Grüße"] {
            #expect(try await hasher.verify(wrong, against: known) == false)
        }
        #expect(try await hasher.verify("Grüße 🔑", against: nil) == false)
        #expect(try await hasher.hash("x") != hasher.hash("x"))
    }

    @Test func aHashReadsBackFromItsText() async throws {
        let hasher = try PasswordHasher(Self.cheap())
        let known = try await hasher.hash("secret")
        let text = known.description
        #expect(text.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$") && text.utf8.count == 27 + 22 + 1 + 43)
        let read = try #require(PasswordHash(text))
        #expect(read == known && read.description == text)
        #expect(try await hasher.verify("secret", against: read))
    }

    /// From the tests of Argon2's reference implementation.
    @Test func hashesOfOtherProgramsAreUnderstood() async throws {
        let known = try #require(PasswordHash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$\(Self.tag)"))
        let hasher = try PasswordHasher(Self.cheap())
        #expect(try await hasher.verify("password", against: known))
        #expect(try await hasher.verify("passwore", against: known) == false)
        // Even with the same cost: its salt is shorter than ours.
        #expect(known.needsRehash() && known.needsRehash(for: known.recipe.parameters))
    }

    @Test func changedParametersAskForARehash() async throws {
        let hasher = try PasswordHasher(Self.cheap())
        let known = try await hasher.hash("x")
        #expect(known.needsRehash() && !known.needsRehash(for: Self.cheap().parameters))
    }

    private static let salt = "c29tZXNhbHRzb21lc2FsdA"
    private static let tag = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

    @Test(arguments: [
        "", "$", "$$$$$", "password", "$argon2id$v=19$m=8,t=1,p=1$\(salt)", "$argon2id$v=19$m=8,t=1,p=1$\(salt)$",
        "$argon2i$v=19$m=8,t=1,p=1$\(salt)$\(tag)", "$argon2id$v=16$m=8,t=1,p=1$\(salt)$\(tag)",
        "$argon2id$m=8,t=1,p=1$\(salt)$\(tag)", "argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)=", "$argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)$",
        "$argon2id$v=19$m=08,t=1,p=1$\(salt)$\(tag)", "$argon2id$v=19$m=+8,t=1,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$t=1,m=8,p=1$\(salt)$\(tag)", "$argon2id$v=19$m=8,t=1,p=1,x=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=8,t=1$\(salt)$\(tag)", "$argon2id$v=19$m=8,t=0,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=8,t=1,p=0$\(salt)$\(tag)", "$argon2id$v=19$m=7,t=1,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=15,t=1,p=2$\(salt)$\(tag)",
        // A forged text must not take the machine's memory or time.
        "$argon2id$v=19$m=4194304,t=1,p=1$\(salt)$\(tag)", "$argon2id$v=19$m=4294967295,t=1,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=4294967296,t=1,p=1$\(salt)$\(tag)", "$argon2id$v=19$m=64,t=1000,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=8192,t=1,p=1000$\(salt)$\(tag)", "$argon2id$v=19$m=8,t=1,p=1$c2hv$\(tag)",
        "$argon2id$v=19$m=8,t=1,p=1$\(salt)$c2hv",
        "$argon2id$v=19$m=8,t=1,p=1$\(String(repeating: "A", count: 200))$\(tag)",
        "$argon2id$v=19$m=8,t=1,p=1$\(salt)!$\(tag)", "$argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)\u{0}",
    ])
    func forgedAndBrokenTextsAreRefused(text: String) { #expect(PasswordHash(text) == nil) }

    @Test func aPassphraseGivesTheSameKeyAgain() async throws {
        let hasher = try PasswordHasher(Self.cheap())
        let recipe = try PassphraseRecipe.random(Argon2Parameters(memoryKibibytes: 64, passes: 1, lanes: 2))
        let stored = try #require(PassphraseRecipe(recipe.description))
        let key = try await hasher.key(from: "correct horse", recipe)
        #expect(try await hasher.key(from: "correct horse", stored) == key)
        #expect(try await hasher.key(from: "correct house", stored) != key)
        #expect(try await hasher.key(from: "correct horse", .random(recipe.parameters)) != key)
    }

    @Test func anEndlessPasswordIsRefused() async throws {
        let hasher = try PasswordHasher(Self.cheap())
        await #expect(throws: CryptographyError.self) { try await hasher.hash(String(repeating: "x", count: 1_025)) }
    }

    @Test func theRecommendedParametersAreAcceptable() {
        #expect(Argon2Parameters.passwords.isAcceptable && Argon2Parameters.keys.isAcceptable)
        #expect(Argon2Parameters.passwords == Argon2Parameters(memoryKibibytes: 19_456, passes: 2, lanes: 1))
    }
}

@Suite struct ThreadGateTests {
    /// Work that ends when it is told to, and knows how much of it runs.
    final class Workshop: Sendable {
        let monitor = Monitor((running: 0, mostAtOnce: 0, isOpen: false))

        func work() {
            monitor.withLock {
                $0.running += 1
                $0.mostAtOnce = max($0.mostAtOnce, $0.running)
            }
            monitor.wait(until: { $0.isOpen }) { $0.running -= 1 }
        }

        func open() { monitor.withLock { $0.isOpen = true } }
    }

    @Test func onlySoManyRunAndTheRestIsRefused() async throws {
        let gate = ThreadGate(name: "gate", concurrencyMax: 2, waitingMax: 3)
        let workshop = Workshop()
        let outcomes = await withTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do {
                        try await gate.run { workshop.work() }
                        return "done"
                    } catch let error as CryptographyError { return error.code.rawValue } catch { return "\(error)" }
                }
            }
            // All others are refused at once; five wait for the door.
            var outcomes: [String] = []
            while outcomes.count < 15, let outcome = await group.next() { outcomes.append(outcome) }
            // Two are let in; their threads may be slow to arrive, and the door must not open before.
            try? await eventually { workshop.monitor.withLock { $0.running } == 2 }
            workshop.open()
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        #expect(outcomes == Array(repeating: "overloaded", count: 15) + Array(repeating: "done", count: 5))
        #expect(workshop.monitor.withLock { $0.mostAtOnce } == 2)
    }

    @Test func whoWaitsCanBeCancelled() async throws {
        let gate = ThreadGate(name: "gate", concurrencyMax: 1, waitingMax: 1)
        let workshop = Workshop()
        let running = Task { try await gate.run { workshop.work() } }
        let waiting = Task { try await gate.run { workshop.work() } }
        // Refused only while one waits: then both are in their places.
        while true {
            do { try await Task { try await gate.run {} }.value } catch is CryptographyError { break }
        }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        workshop.open()
        try await running.value
        // Neither the place nor the queue is lost.
        try await withThrowingTaskGroup { group in
            for _ in 0..<2 { group.addTask { try await gate.run {} } }
            try await group.waitForAll()
        }
    }

    @Test func aCancelledTaskDoesNotBegin() async {
        let gate = ThreadGate(name: "gate", concurrencyMax: 1, waitingMax: 1)
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await gate.run { _ = Issue.record("it began") }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
