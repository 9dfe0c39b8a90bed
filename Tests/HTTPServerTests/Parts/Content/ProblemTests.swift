import HTTPServer
import JSON
import Testing

@Suite struct ProblemTests {
    private func text(_ problem: Problem) -> String { String(decoding: problem.encoded(), as: UTF8.self) }

    @Test func aProblemIsADocumentWithEveryStandardMember() {
        var problem = Problem.notFound("There is no character 7. List them to see which exist.")
        problem.requestID = "r-1"
        #expect(
            text(problem)
                == #"{"type":"about:blank","title":"Not Found","status":404,"#
                + #""detail":"There is no character 7. List them to see which exist.","#
                + #""code":"not_found","request_id":"r-1"}"#)
    }

    @Test func fieldErrorsNameWhereTheyStand() {
        let problem = Problem.invalidFields([
            .init(.pointer("/name"), "required", "Give a name."),
            .init(.parameter("limit"), "out_of_range", "Use 1 to 200."),
            .init(.header("If-Match"), "malformed", "Quote the tag."),
        ])
        #expect(
            text(problem).hasSuffix(
                #""errors":[{"pointer":"/name","code":"required","message":"Give a name."},"#
                    + #"{"parameter":"limit","code":"out_of_range","message":"Use 1 to 200."},"#
                    + #"{"header":"If-Match","code":"malformed","message":"Quote the tag."}]}"#))
        #expect(problem.detail == "3 fields cannot be used. Correct those listed in `errors` and send it again.")
    }

    @Test func aSingleFieldErrorIsTheSentence() {
        let problem = Problem.invalidParameters([.init(.parameter("limit"), "out_of_range", "Use 1 to 200.")])
        #expect(problem.detail == "limit: Use 1 to 200.")
        #expect(problem.status == .badRequest)
    }

    @Test func extraMembersKeepTheirOrderAndKind() {
        let problem = Problem(
            .conflict, "version_conflict", "Read it again.",
            members: ["expected": 3, "found": "four", "final": true, "seen": [1, "two", []]])
        #expect(text(problem).hasSuffix(#""expected":3,"found":"four","final":true,"seen":[1,"two",[]]}"#))
    }

    @Test func whateverTheTextTheDocumentIsJSON() throws {
        let detail = "\"\\ \u{0}\u{1F}\n\u{7F} ü🙂"
        #expect(try JSONValue(parsing: Problem.badRequest(detail).encoded())["detail"]?.string == detail)
    }

    @Test(arguments: [
        (Problem.tooManyRequests(retryAfter: .milliseconds(1200)), "Retry-After", "2"),
        (.serviceUnavailable(retryAfter: .zero), "Retry-After", "1"),
        (.methodNotAllowed("PUT", allowed: ["GET", "HEAD"]), "Allow", "GET, HEAD"),
        (.unauthorized(), "WWW-Authenticate", "Bearer"),
        (.unsupportedMediaType("text/plain", accepted: ["application/json"]), "Accept", "application/json"),
        (.rangeNotSatisfiable(length: 10), "Content-Range", "bytes */10"),
    ])
    func aProblemBringsItsHeaders(problem: Problem, name: String, value: String) {
        #expect(problem.headers.contains { $0.name == name && $0.value == value })
    }

    @Test(arguments: [
        Problem.badRequest("Do it."), .unauthorized(), .forbidden(), .notFound(),
        .methodNotAllowed("PUT", allowed: ["GET"]), .notAcceptable(offered: ["text/html"]), .requestTimeout(),
        .conflict("Do it."), .gone("Do it."), .lengthRequired(), .preconditionFailed(), .preconditionRequired(),
        .payloadTooLarge(limitBytes: 9), .uriTooLong(limitBytes: 9), .headersTooLarge(limitBytes: 9),
        .unsupportedMediaType(nil, accepted: ["application/json"]), .unsupportedEncoding("br", accepted: ["gzip"]),
        .rangeNotSatisfiable(length: 1), .unprocessable("Do it."), .tooManyRequests(retryAfter: .seconds(1)),
        .internalError(), .internalError(isChange: true), .outcomeUnknown("It stopped."), .insufficientStorage(),
        .notImplemented("CONNECT"),
        .serviceUnavailable(retryAfter: .seconds(1)), .handlerTimeout(),
    ])
    func everyReadyMadeProblemIsASentenceWithACode(problem: Problem) {
        #expect(problem.detail.hasSuffix("."))
        #expect(problem.title == problem.status.reason)
        #expect((400..<600).contains(problem.status.rawValue))
        #expect(problem.code.rawValue.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (97...122).contains($0) })
    }
}
