import Postgres
import System
import TestSupport
import Testing

@Suite struct ValueTests {
    /// Sends the value, has the server write it as text, and takes it back.
    private func echo<Value: PostgresValue & Equatable>(
        _ value: Value, _ type: String, reads text: String?, _ connection: isolated Connection
    ) throws {
        let rows = try connection.query(
            "echo", "SELECT \(value)::\(unsafeSQL: type), \(value)::\(unsafeSQL: type)::text")
        let (back, seen) = try rows.only(Value.self, String?.self)
        #expect(back == value)
        #expect(seen == text)
    }

    @Test func everyScalarTypeComesBackAsItWent() async throws {
        let identifier = try #require(UUID("01234567-89ab-cdef-0123-456789abcdef"))
        try await withPool { pool in
            try await pool.withConnection { connection in
                try echo(true, "bool", reads: "true", connection)
                try echo(false, "bool", reads: "false", connection)
                try echo(Int16.min, "int2", reads: "-32768", connection)
                try echo(Int32.max, "int4", reads: "2147483647", connection)
                try echo(Int64.min, "int8", reads: "-9223372036854775808", connection)
                try echo(-1, "int8", reads: "-1", connection)
                try echo(0.1, "float8", reads: "0.1", connection)
                try echo(-Double.infinity, "float8", reads: "-Infinity", connection)
                try echo(Float(2.5), "float4", reads: "2.5", connection)
                try echo("Grüße, 🌍 ' \" \\", "text", reads: "Grüße, 🌍 ' \" \\", connection)
                try echo("", "text", reads: "", connection)
                try echo([0, 1, 255] as [UInt8], "bytea", reads: "\\x0001ff", connection)
                try echo([] as [UInt8], "bytea", reads: "\\x", connection)
                try echo(identifier, "uuid", reads: "01234567-89ab-cdef-0123-456789abcdef", connection)
                try echo(JSONBytes(Array(#"{"b": 1,  "a":2}"#.utf8)), "json", reads: #"{"b": 1,  "a":2}"#, connection)
                try echo(JSONBBytes(Array(#"{"a": 2, "b": 1}"#.utf8)), "jsonb", reads: #"{"a": 2, "b": 1}"#, connection)
                try echo(Int?.none, "int8", reads: nil, connection)
            }
        }
    }

    @Test func momentsKeepTheirMicroseconds() async throws {
        let moments: [Int64] = [0, 1, -1, 946_684_800_000_000, 1_795_000_000_123_456, -62_135_596_800_000_000]
        try await withPool { pool in
            try await pool.withConnection { connection in
                for moment in moments.map(Timestamp.init(microsecondsSinceEpoch:)) {
                    let rows = try connection.query(
                        "moment", "SELECT \(moment), (extract(epoch FROM \(moment)) * 1000000)::bigint")
                    let (back, microseconds) = try rows.only(Timestamp.self, Int64.self)
                    #expect(back == moment)
                    #expect(microseconds == moment.microsecondsSinceEpoch)
                }
                let infinity = try connection.query("infinity", "SELECT 'infinity'::timestamptz")
                #expect(throws: PostgresError.self) { try infinity.only(Timestamp.self) }
            }
        }
    }

    /// The server's range begins in 4713 BC; what it counts from 2000 on reaches beyond what we count from 1970 on.
    @Test(arguments: [
        (Int64.min, true), (-210_866_803_200_000_001, true), (-210_866_803_200_000_000, false), (Int64.max, false),
    ])
    func momentsThatTheServerDoesNotKnowAreInfinite(_ microseconds: Int64, _ isInfinite: Bool) async throws {
        let moment = Timestamp(microsecondsSinceEpoch: microseconds)
        try await withPool { pool in
            let isFinite = try await pool.query("moment", "SELECT isfinite(\(moment))").only(Bool.self)
            #expect(isFinite != isInfinite)
        }
    }

    @Test func everyArrayTypeComesBackAsItWent() async throws {
        let identifier = UUID(high: 1, low: 2)
        try await withPool { pool in
            try await pool.withConnection { connection in
                try echo([true, false], "bool[]", reads: "{t,f}", connection)
                try echo([Int16(1), -1], "int2[]", reads: "{1,-1}", connection)
                try echo([Int32(1), -1], "int4[]", reads: "{1,-1}", connection)
                try echo([1, Int.max], "int8[]", reads: "{1,9223372036854775807}", connection)
                try echo([0.5, -2], "float8[]", reads: "{0.5,-2}", connection)
                try echo(["a", "", "NULL", "ü,\"{"], "text[]", reads: #"{a,"","NULL","ü,\"{"}"#, connection)
                try echo([[1, 2], []] as [[UInt8]], "bytea[]", reads: #"{"\\x0102","\\x"}"#, connection)
                try echo([identifier], "uuid[]", reads: "{\(identifier)}", connection)
                try echo([Timestamp(microsecondsSinceEpoch: 5)], "timestamptz[]", reads: nil, connection, anyText: true)
                try echo([JSONBytes([0x31])], "json[]", reads: "{1}", connection)
                try echo([JSONBBytes([0x31])], "jsonb[]", reads: "{1}", connection)
                try echo([Decimal(3), .notANumber], "numeric[]", reads: "{3,NaN}", connection)
                try echo([1, nil, 3] as [Int?], "int8[]", reads: "{1,NULL,3}", connection)
                try echo([] as [String], "text[]", reads: "{}", connection)
            }
        }
    }

    /// For values whose text depends on the session's settings.
    private func echo<Value: PostgresValue & Equatable>(
        _ value: Value, _ type: String, reads: String?, _ connection: isolated Connection, anyText: Bool
    ) throws {
        let back = try connection.query("echo", "SELECT \(value)::\(unsafeSQL: type)").only(Value.self)
        #expect(back == value)
    }

    @Test func arraysThatAreNotFlatOrHoldNullsAreRefused() async throws {
        try await withPool { pool in
            let rows = try await pool.query("nested", "SELECT ARRAY[[1,2],[3,4]], ARRAY[1, NULL]::int[]")
            let row = try #require(rows.first)
            #expect(throws: PostgresError.self) { try row.value(0, as: [Int].self) }
            #expect(throws: PostgresError.self) { try row.value(1, as: [Int].self) }
            let withNull = try row.value(1, as: [Int?].self)
            #expect(withNull == [1, nil])
        }
    }

    @Test func aMegabyteComesBackWhole() async throws {
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withPool { pool in
            let back = try await pool.query("megabyte", "SELECT \(bytes)").only([UInt8].self)
            #expect(back == bytes)
        }
    }

    @Test func enumsAndDomainsDecodeAsText() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try connection.runScript("types", unsafeSQL: "CREATE TYPE mood AS ENUM ('calm', 'wild')")
                let mood = try connection.query("mood", "SELECT 'wild'::mood").only(String.self)
                #expect(mood == "wild")
            }
        }
    }

    /// Whatever bytes arrive, decoding gives a value or an error, never a crash.
    @Test func garbageNeverCrashesADecoder() throws {
        var generator = SeededRandom(seed: 20_261_121)
        var refused = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                // Small numbers and -1 make lengths and counts that nearly fit.
                [0, 0, 0, 1, 2, 4, 8, 16, 255, UInt8.random(in: 0...255, using: &generator)]
                    .randomElement(using: &generator) ?? 0
            }
            if !decodes(bytes, as: [Int?].self) { refused += 1 }
            if !decodes(bytes, as: [String].self) { refused += 1 }
            if !decodes(bytes, as: Decimal.self) { refused += 1 }
            if !decodes(bytes, as: [Decimal?].self) { refused += 1 }
            if !decodes(bytes, as: UUID.self) { refused += 1 }
            if !decodes(bytes, as: Timestamp.self) { refused += 1 }
            if !decodes(bytes, as: JSONBBytes.self) { refused += 1 }
            if !decodes(bytes, as: Bool.self) { refused += 1 }
        }
        #expect(refused > 20_000)
    }

    private func decodes<Value: PostgresValue>(_ bytes: [UInt8], as type: Value.Type) -> Bool {
        (try? unsafe Value(binary: bytes.span.bytes, type: .unknown)) != nil
    }
}
