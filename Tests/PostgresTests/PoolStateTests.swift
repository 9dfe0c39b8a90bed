import TestSupport
import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    private typealias State = PoolState<String, Int>

    private func moment(_ nanoseconds: UInt64) -> Monotonic { Monotonic(nanoseconds: nanoseconds) }

    private func wait(_ state: inout State, _ caller: Int, until deadline: UInt64 = 100) -> String {
        switch state.acquire(number: UInt64(caller), deadline: moment(deadline), caller) {
        case .lend(let idle): "got \(idle.member)"
        case .wait(let opens): opens ? "opens" : "waits"
        case .overloaded: "overloaded"
        case .closed: "closed"
        }
    }

    private func tell(_ placement: State.Placement) -> String {
        switch placement {
        case .handOver(let member, let waiter): "\(member) to \(waiter)"
        case .keep: "kept"
        case .discard(let member, let opens): opens ? "\(member) discarded, another opens" : "\(member) discarded"
        }
    }

    @Test func aConnectionIsOpenedForEachWaiterUpToTheLimit() {
        var state = State(connectionsMax: 2, waitersMax: 10)
        #expect((1...4).map { wait(&state, $0) } == ["opens", "opens", "waits", "waits"])
        #expect(tell(state.opened("a", now: moment(1))) == "a to 1")
        #expect(tell(state.opened("b", now: moment(1))) == "b to 2")
        #expect(state.open == 2 && state.lent == 2 && state.opening == 0)
    }

    @Test func whoWaitsLongestIsServedFirst() {
        var state = State(connectionsMax: 1, waitersMax: 10)
        _ = (1...3).map { wait(&state, $0) }
        #expect(tell(state.opened("a", now: moment(1))) == "a to 1")
        #expect(tell(state.release("a", isReusable: true, now: moment(2))) == "a to 2")
        #expect(tell(state.release("a", isReusable: true, now: moment(3))) == "a to 3")
        #expect(tell(state.release("a", isReusable: true, now: moment(4))) == "kept")
    }

    @Test func theConnectionUsedLastIsLentFirst() {
        var state = State(connectionsMax: 2, waitersMax: 10)
        _ = state.adopt("a", now: moment(1))
        _ = state.adopt("b", now: moment(2))
        #expect(wait(&state, 1) == "got b")
        #expect(wait(&state, 2) == "got a")
    }

    @Test func aBrokenConnectionIsReplacedOnlyWhenSomeoneWaits() {
        var state = State(connectionsMax: 1, waitersMax: 10)
        _ = state.adopt("a", now: moment(1))
        _ = wait(&state, 1)
        #expect(tell(state.release("a", isReusable: false, now: moment(2))) == "a discarded")
        #expect(wait(&state, 2) == "opens")
        _ = state.opened("b", now: moment(3))
        #expect(wait(&state, 3) == "waits")
        #expect(tell(state.release("b", isReusable: false, now: moment(4))) == "b discarded, another opens")
    }

    @Test func theQueueHasALimit() {
        var state = State(connectionsMax: 1, waitersMax: 2)
        #expect((1...3).map { wait(&state, $0) } == ["opens", "waits", "overloaded"])
    }

    @Test func thoseWhoWaitedTooLongOrGaveUpLeaveTheQueue() {
        var state = State(connectionsMax: 1, waitersMax: 10)
        for caller in 1...4 { _ = wait(&state, caller, until: UInt64(caller) * 10) }
        #expect(state.abandon(2) == 2)
        #expect(state.abandon(2) == nil)
        #expect(state.expire(now: moment(30)) == [1, 3])
        #expect(tell(state.opened("a", now: moment(31))) == "a to 4")
    }

    @Test func tryingToConnectEndsWhenNobodyWaits() {
        var state = State(connectionsMax: 1, waitersMax: 10)
        _ = wait(&state, 1)
        let goesOn = state.openingFailed()
        _ = state.abandon(1)
        let goesOnAlone = state.openingFailed()
        #expect(goesOn && !goesOnAlone)
        #expect(state.opening == 0)
        #expect(wait(&state, 2) == "opens")
    }

    @Test func aClosedPoolLetsEveryoneAndEverythingGo() {
        var state = State(connectionsMax: 2, waitersMax: 10)
        _ = state.adopt("a", now: moment(1))
        _ = state.adopt("b", now: moment(1))
        _ = wait(&state, 1)
        let left = state.close()
        #expect(left.idle == ["a"])
        #expect(wait(&state, 2) == "closed")
        #expect(tell(state.release("b", isReusable: true, now: moment(2))) == "b discarded")
        #expect(state.open == 0)
    }

    @Test func onlyConnectionsIdleForLongAreTakenForCare() {
        var state = State(connectionsMax: 3, waitersMax: 10)
        for (index, name) in ["a", "b", "c"].enumerated() { _ = state.adopt(name, now: moment(UInt64(index * 10))) }
        var (cared, last): ([String], Monotonic?) = ([], nil)
        while let idle = state.takeIdle(after: last, before: moment(10)) {
            #expect(state.idle.count == 2, "the others can be lent meanwhile")
            cared.append(idle.member)
            last = idle.since
            _ = state.putBack(idle)
        }
        #expect(cared == ["a", "b"])
        #expect(state.idle.map(\.member) == ["a", "b", "c"])
    }

    /// Random events: never more connections than allowed, never an idle one while somebody waits.
    @Test func theRulesHoldInAnyOrderOfEvents() {
        let seed: UInt64 = 11
        var generator = SeededRandom(seed: seed)
        var state = State(connectionsMax: 3, waitersMax: 5)
        var lent: [String] = []
        for step in 0..<20_000 {
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1: if wait(&state, step, until: UInt64(step + 50)).hasPrefix("got") { lent.append("x") }
            case 2 where !lent.isEmpty:
                lent.removeLast()
                let isReusable = Bool.random(using: &generator)
                if case .handOver = state.release("x", isReusable: isReusable, now: moment(UInt64(step))) {
                    lent.append("x")
                }
            case 3 where state.opening > 0:
                if case .handOver = state.opened("x", now: moment(UInt64(step))) { lent.append("x") }
            case 4 where state.opening > 0: _ = state.openingFailed()
            default: _ = state.expire(now: moment(UInt64(step)))
            }
            #expect(state.open + state.opening <= 3 && state.waiting.count <= 5, "seed \(seed), step \(step)")
            #expect(state.idle.isEmpty || state.waiting.isEmpty, "seed \(seed), step \(step)")
            #expect(state.lent == lent.count, "seed \(seed), step \(step)")
        }
    }
}
