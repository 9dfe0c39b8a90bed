import JSON
import Testing

@Suite struct FormatTests {
    private func accepts(_ format: String, _ text: String) throws -> Bool {
        try JSONSchema(["format": .string(format)]).problems(in: .string(text)).isEmpty
    }

    @Test(arguments: [
        (
            "date-time",
            [
                "2026-11-21T06:10:34Z", "2026-11-21t06:10:34.123456789z", "1990-12-31T23:59:60Z",
                "2024-02-29T00:00:00-23:59",
            ]
        ),
        ("date", ["2026-11-21", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"]),
        ("uuid", ["0197a1b2-7c3d-7000-8000-00000000000f", "0197A1B2-7C3D-7000-8000-00000000000F"]),
        (
            "uri",
            ["https://example.org/a?b=c#d", "urn:isbn:0451450523", "mailto:a@b.org", "http://[::1]:80/%20", "x:y"]
        ),
        ("email", ["name@example.org", "first.last+tag@sub.example.org", "a@b", "o'hara@x-y.org"]),
    ])
    func aFormatAcceptsItsOwn(format: String, texts: [String]) throws {
        for text in texts { #expect(try accepts(format, text), "\(text)") }
    }

    @Test(arguments: [
        (
            "date-time",
            [
                "", "2026-11-21", "2026-11-21T06:10Z", "2026-11-21T06:10:34", "2026-11-21 06:10:34Z",
                "2026-11-21T24:00:00Z",
                "2026-11-21T06:60:00Z", "2026-11-21T06:10:61Z", "2026-11-21T06:10:34.Z", "2026-11-21T06:10:34+24:00",
                "2026-11-21T06:10:34+0100", "2026-11-21T06:10:34Zz", "2026-02-30T06:10:34Z",
                "2026-11-21T06:10:34+01:00 ",
            ]
        ),
        (
            "date",
            [
                "", "2026-2-3", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31", "2026-02-29", "1900-02-29",
                "2026-01-011", "٢٠٢٦-01-01",
            ]
        ),
        (
            "uuid",
            [
                "", "0197a1b27c3d7000800000000000000f", "0197a1b2-7c3d-7000-8000-00000000000g",
                "{0197a1b2-7c3d-7000-8000-00000000000f}", "0197a1b2-7c3d-7000-80000-0000000000f",
            ]
        ),
        (
            "uri",
            [
                "", "example.org/a", "//example.org", ":a", "1a:b", "http:", "http://a b", "http://a/%2",
                "http://a/%zz", "http://ä.de", "a<b:c",
            ]
        ),
        (
            "email",
            [
                "", "name", "@example.org", "name@", "a..b@c.org", ".a@c.org", "a b@c.org", "a@-c.org", "a@c..org",
                "ä@c.org", "a@c.org\n",
            ]
        ),
    ])
    func aFormatRefusesTheRest(format: String, texts: [String]) throws {
        for text in texts { #expect(try !accepts(format, text), "\(text)") }
    }
}
