import TestSupport
import Testing

@Suite struct FaultPointTests {
    struct Broken: Error {}

    @Test func theCallThatWasNamedFailsAndNoOther() throws {
        let point = FaultPoint("write")
        point.fail(at: 2)
        try point.check()
        #expect(throws: InjectedFault(point: "write", call: 2)) { try point.check() }
        try point.check()
        #expect(point.calls == 3)
        point.fail(with: Broken())
        #expect(throws: Broken.self) { try point.check() }
        try point.check()
    }

    @Test func aHeldCallWaitsUntilItIsReleased() async throws {
        let point = FaultPoint("write")
        point.hold(at: 2)
        try await point.pass()
        let waiting = Task { try await point.pass() }
        try await point.waitUntilHeld()
        #expect(point.heldCount == 1)
        // Others are not held up.
        try await point.pass()
        point.release()
        try await waiting.value
        #expect(point.heldCount == 0 && point.calls == 3)
    }

    @Test func aHeldCallMayFailAfterwards() async throws {
        let point = FaultPoint("write")
        point.hold()
        point.fail()
        let waiting = Task { try await point.pass() }
        try await point.waitUntilHeld()
        point.release()
        await #expect(throws: InjectedFault.self) { try await waiting.value }
    }

    @Test func releasingForgetsHoldsToCome() async throws {
        let point = FaultPoint("write")
        point.hold(at: 1)
        point.release()
        try await point.pass()
    }
}

@Suite struct EventuallyTests {
    @Test func aConditionThatComesTrueEndsTheWait() async throws {
        var looks = 0
        try await eventually {
            looks += 1
            return looks == 3
        }
        #expect(looks == 3)
    }

    @Test func aConditionThatNeverHoldsIsReportedWithItsPlace() async {
        let error = await #expect(throws: NotInTime.self) {
            try await eventually(within: .milliseconds(10), "the moon is full") { false }
        }
        #expect(error?.description.contains("the moon is full did not hold") == true)
        #expect(error?.place.contains("FaultPointTests.swift:") == true)
    }

    @Test func anErrorEndsTheWaitAtOnce() async {
        await #expect(throws: FaultPointTests.Broken.self) {
            try await eventually(within: .seconds(1_000)) { throw FaultPointTests.Broken() }
        }
    }
}
