import HTTPServer
import Testing

@Suite struct MediaTypeTests {
    @Test(arguments: [
        ("text/html", "text/html"), ("Text/HTML; Charset=UTF-8", "text/html; charset=UTF-8"),
        (" text/html ;charset=\"utf-8\" ", "text/html; charset=utf-8"), ("text/html;", "text/html"),
        ("multipart/form-data; boundary=\"a b\\\"c\"", "multipart/form-data; boundary=\"a b\\\"c\""),
        ("application/merge-patch+json", "application/merge-patch+json"), ("a/b; c=\"\"", "a/b; c=\"\""),
    ])
    func aContentTypeIsRead(text: String, expected: String) {
        #expect(MediaType(text)?.description == expected)
    }

    @Test(arguments: [
        "", "text", "text/", "/html", "text /html", "text/html, text/plain", "text/html; charset", "text/html; =x",
        "text/html; charset=", "text/html; a=\"b", "text/html; a=\"\\", "text/html; a=b c", "text/html\u{0}",
        "text/html; a=\"\u{1}\"", "tëxt/html",
    ])
    func aMalformedContentTypeIsRefused(text: String) {
        #expect(MediaType(text) == nil)
    }

    @Test func aTypeKnowsItsCharsetAndWhetherItIsJSON() {
        #expect(MediaType("text/plain; charset=UTF-8")?.charset == "utf-8")
        #expect(MediaType("text/plain")?.charset == nil)
        #expect(MediaType.json.isJSON && MediaType.problemJSON.isJSON && !MediaType.html.isJSON)
        #expect(MediaType.svg.isCompressible && MediaType.html.isCompressible && !MediaType.png.isCompressible)
    }

    @Test(arguments: [
        ("a.html", "text/html; charset=utf-8"), ("/console/a.min.JS", "text/javascript; charset=utf-8"),
        ("a.tar.gz", "application/gzip"), ("README", "application/octet-stream"),
        (".json", "application/octet-stream"), ("a.b/c", "application/octet-stream"), ("", "application/octet-stream"),
        ("a.", "application/octet-stream"),
    ])
    func aFileNameTellsTheType(name: String, expected: String) {
        #expect(MediaType(fileName: name).description == expected)
    }

    @Test(
        arguments: [
            (nil, "application/json"), ("", "application/json"), ("*/*", "application/json"),
            ("text/html", "text/html"),
            ("text/*", "text/html"), ("TEXT/HTML", "text/html"), ("text/plain, text/html;q=0.5", "text/html"),
            ("application/json;q=0.5, text/html;q=0.6", "text/html"), ("application/json;q=0, */*", "text/html"),
            ("text/html;q=0.5, */*;q=0.5", "application/json"),
            ("text/*;q=1, text/html;q=0.1, */*;q=0.2", "application/json"),
            ("text/html;charset=utf-8, application/json;q=0.9", "text/html"),
            ("text/html;charset=latin1, application/json;q=0.1", "application/json"),
            ("image/png", nil), ("*/*;q=0", nil), ("text/html;q=0", nil),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
            ("text/html;q=2, application/json;q=0.1", "application/json"),
            ("html, application/json;q=0.2", "application/json"),
            ("garbage", "application/json"), (",,text/html,", "text/html"), ("text/html;a=\",x/y\"", nil),
            ("application/json;q=0.001, text/html;q=0.002", "text/html"),
        ] as [(String?, String?)])
    func theClientsFavouriteIsPicked(accept: String?, expected: String?) {
        #expect(Negotiation.mediaType(accept: accept, offered: [.json, .html])?.essence == expected)
    }

    @Test(
        arguments: [
            (nil, .identity), ("", .identity), ("gzip", .gzip), ("GZIP", .gzip), ("x-gzip", .gzip),
            ("gzip, deflate, br", .gzip), ("br", .identity), ("*", .gzip), ("gzip;q=0", .identity),
            ("gzip;q=0, *", .identity), ("identity;q=0", nil), ("identity;q=0, gzip;q=0.1", .gzip), ("*;q=0", nil),
            ("*;q=0, identity", .identity), ("gzip;q=0.5, identity", .identity), ("gzip;q=0.5, identity;q=0.5", .gzip),
            ("gzip;q=0.001", .gzip), ("gzip;q=nonsense", .identity), ("gzip;q=1.001", .identity), (", ,gzip", .gzip),
        ] as [(String?, ContentCoding?)])
    func theCodingFollowsTheClient(accept: String?, expected: ContentCoding?) {
        #expect(Negotiation.coding(acceptEncoding: accept, offered: [.identity, .gzip]) == expected)
    }

    @Test func whatIsNotOfferedIsNotPicked() {
        #expect(Negotiation.coding(acceptEncoding: "gzip", offered: [.identity]) == .identity)
        #expect(Negotiation.coding(acceptEncoding: "gzip;q=0.2, identity", offered: [.gzip]) == .gzip)
        #expect(Negotiation.coding(acceptEncoding: "br", offered: [.gzip]) == nil)
        #expect(Negotiation.mediaType(accept: "*/*", offered: []) == nil)
    }
}
