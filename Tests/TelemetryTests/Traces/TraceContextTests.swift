import System
import Telemetry
import Testing

@Suite struct TraceContextTests {
    static let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func aValidHeaderComesBackAsItWas() throws {
        let context = try #require(TraceContext(traceparent: Self.valid, tracestate: "a=1,b=2"))
        #expect(context.traceparent == Self.valid)
        #expect(context.traceID.high == 0x0af7_6519_16cd_43dd)
        #expect(context.spanID == 0xb7ad_6b71_6920_3331)
        #expect(context.isSampled)
        #expect(context.state.header == "a=1,b=2")
    }

    @Test(arguments: [
        // Version, trace, span and flags, each broken in turn.
        "", "00", "00-", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
        " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
        "00-0af7651916cd43dd8448eb211c80319ä-b7ad6b7169203331-01",
    ])
    func anInvalidHeaderIsRefused(header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test(arguments: ["", "-", "-what-ever the future brings"])
    func aFutureVersionIsReadAsFarAsThisOneGoes(rest: String) throws {
        let future = "cc" + Self.valid.dropFirst(2) + rest
        #expect(try #require(TraceContext(traceparent: future)).traceparent == Self.valid)
    }

    @Test func unknownFlagsAreNotHandedOn() throws {
        let context = try #require(TraceContext(traceparent: String(Self.valid.dropLast(2)) + "fe"))
        #expect(!context.isSampled)
        #expect(context.traceparent.hasSuffix("-00"))
    }

    @Test func aChildKeepsTheTraceAndHasItsOwnSpan() throws {
        var generator = QuickRandom()
        let parent = try #require(TraceContext(traceparent: Self.valid, tracestate: "a=1"))
        let child = parent.child(using: &generator)
        #expect(child.traceID == parent.traceID && child.isSampled && child.state == parent.state)
        #expect(child.spanID != parent.spanID && child.spanID != 0)
    }

    @Test func identifiersAreNeverZero() {
        struct Zeros: RandomNumberGenerator {
            var left = 3
            mutating func next() -> UInt64 {
                left -= 1
                return left >= 0 ? 0 : 7
            }
        }
        var zeros = Zeros()
        let root = TraceContext.root(using: &zeros)
        #expect(root.spanID != 0 && root.traceID.high | root.traceID.low != 0)
    }

    @Test(arguments: [
        ("a=1", "a=1"), (" a=1 ,\tb=2 ,, ", "a=1,b=2"), ("", ""), ("fw529a3039@dt=FfAzMaDj", "fw529a3039@dt=FfAzMaDj"),
        ("1a@b=x", "1a@b=x"), ("a_-*/z= x y", "a_-*/z= x y"),
        ((1...32).map { "k\($0)=v" }.joined(separator: ","), (1...32).map { "k\($0)=v" }.joined(separator: ",")),
    ])
    func aValidStateIsCarried(header: String, carried: String) {
        #expect(TraceState(header)?.header == carried)
    }

    @Test(arguments: [
        "a", "=1", "a=", "A=1", "1a=x", "a=1,a=2", "a=b=c", "a=\u{7}", "a=ä", "a@=1", "@b=1", "a@b@c=1", "a@1=x",
        "a@abcdefghijklmno=1", (1...33).map { "k\($0)=v" }.joined(separator: ","),
        "a=\(String(repeating: "x", count: 257))", String(repeating: "x", count: 9_000),
    ])
    func anInvalidStateIsDroppedAlone(header: String) throws {
        #expect(TraceState(header) == nil)
        #expect(try #require(TraceContext(traceparent: Self.valid, tracestate: header)).state == TraceState())
    }

    @Test func aLongStateLosesItsLongMembersFirst() throws {
        let long = "long=\(String(repeating: "x", count: 200))"
        let short = (1...40).prefix(30).map { "key\($0)=value" }
        let state = try #require(TraceState(([short[0], long] + short.dropFirst()).joined(separator: ",")))
        #expect(state.header == short.joined(separator: ","))
        #expect(state.header.utf8.count <= 512)
    }
}
