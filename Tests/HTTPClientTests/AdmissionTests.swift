import TestSupport
import Testing

@testable import HTTPClient

@Suite("Admission") struct AdmissionTests {
    @Test func oneOriginIsServedInOrder() {
        var admission = Admission(totalMax: 10, perOriginMax: 1)
        for number in 1...3 { admission.enqueue(UInt64(number), for: "a") }
        for number in 1...3 {
            #expect(admission.next() == UInt64(number))
            #expect(admission.next() == nil)
            admission.release("a")
        }
        #expect(admission.waiting == 0)
        #expect(admission.origins == 0)
    }

    @Test func originsTakeTurns() {
        var admission = Admission(totalMax: 1, perOriginMax: 1)
        for number in 1...3 { admission.enqueue(UInt64(number), for: "a") }
        admission.enqueue(10, for: "b")
        var served: [UInt64] = []
        while let number = admission.next() {
            served.append(number)
            admission.release(number == 10 ? "b" : "a")
        }
        #expect(served == [1, 10, 2, 3])
    }

    @Test func aBusyOriginDoesNotHoldUpAnother() {
        var admission = Admission(totalMax: 10, perOriginMax: 2)
        for number in 1...5 { admission.enqueue(UInt64(number), for: "a") }
        admission.enqueue(10, for: "b")
        var served: [UInt64] = []
        while let number = admission.next() { served.append(number) }
        #expect(Set(served) == [1, 2, 10])
    }

    @Test func randomComingsAndGoingsKeepTheLimitsAndForgetNobody() {
        for seed in UInt64(1)...50 {
            var random = SeededRandom(seed: seed)
            var admission = Admission(totalMax: 4, perOriginMax: 2)
            var waiting: [UInt64: String] = [:]
            var served: [(number: UInt64, origin: String)] = []
            for number in UInt64(0)..<400 {
                switch Int.random(in: 0..<4, using: &random) {
                case 0, 1:
                    let origin = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
                    admission.enqueue(number, for: origin)
                    waiting[number] = origin
                case 2:
                    if let leaver = waiting.keys.sorted().randomElement(using: &random) {
                        let hasLeft = admission.leave(leaver)
                        #expect(hasLeft)
                        waiting[leaver] = nil
                    }
                    let strangerHasLeft = admission.leave(99_999)
                    #expect(!strangerHasLeft)
                default:
                    if !served.isEmpty {
                        admission.release(served.remove(at: Int.random(in: 0..<served.count, using: &random)).origin)
                    }
                }
                while let next = admission.next() {
                    served.append((next, waiting.removeValue(forKey: next) ?? "unknown"))
                }
                let perOrigin = Dictionary(grouping: served, by: \.origin).mapValues(\.count)
                #expect(served.count <= 4 && perOrigin.values.allSatisfy { $0 <= 2 }, "seed \(seed)")
                #expect(perOrigin["unknown"] == nil, "seed \(seed)")
                #expect(admission.waiting == waiting.count, "seed \(seed)")
                // Whoever could be served is.
                let isFull = served.count == 4
                #expect(isFull || waiting.values.allSatisfy { perOrigin[$0] == 2 }, "seed \(seed)")
            }
            while !served.isEmpty {
                admission.release(served.removeLast().origin)
                while let next = admission.next() {
                    served.append((next, waiting.removeValue(forKey: next) ?? "unknown"))
                }
            }
            #expect(waiting.isEmpty && admission.waiting == 0 && admission.origins == 0, "seed \(seed)")
        }
    }

    @Test func comingAndGoingWhileAllIsTakenCostsNoMemory() {
        var admission = Admission(totalMax: 1, perOriginMax: 1)
        admission.enqueue(0, for: "a")
        #expect(admission.next() == 0)
        for number in UInt64(1)...10_000 {
            admission.enqueue(number, for: "a")
            admission.enqueue(100_000 + number, for: "b\(number % 3)")
            let haveLeft = [admission.leave(number), admission.leave(100_000 + number)]
            #expect(haveLeft == [true, true])
        }
        #expect(admission.remembered < 100)
    }
}
