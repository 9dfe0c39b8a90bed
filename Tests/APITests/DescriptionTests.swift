import Accounts
import Catalogue
import Entities
import EventLog
import JSON
import System
import TestSupport
import Testing

@testable import API
@testable import HTTPServer

@Suite struct DescriptionTests {
    @Test func everyRouteIsDescribed() async throws {
        try await Studio.with { studio in
            let description = try await Description(studio.client())
            let described = Set(description.operations.map { "\($0.method) \($0.path)" })
            let declared = Set(
                studio.routes.filter { $0.info.tags != ["console"] }.map {
                    "\($0.method) \(OpenAPIDocument.path($0.pattern))"
                })
            #expect(described == declared)
            #expect(Set(description.operations.map(\.name)).count == described.count, "two have one name")
            for operation in description.operations {
                #expect(operation.json["summary"]?.string?.isEmpty == false, "\(operation.name) has no summary")
                #expect(operation.json["tags"]?.array?.isEmpty == false, "\(operation.name) has no tags")
            }
        }
    }

    @Test func everyTypeHasItsSchemas() async throws {
        try await Studio.with { studio in
            let description = try await Description(studio.client())
            for type in studio.catalogue.types {
                let data = description.document["components"]?["schemas"]?["\(Schema.name(of: type.name))Data"]
                var schema = type.schemaDocument
                schema["title"] = nil
                #expect(data == schema)
            }
        }
    }

    @Test func bothDocumentsAreMadeOnceAndKnownByTheirTags() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            for path in ["/openapi.json", "/asyncapi.json"] {
                let first = try await client.get(path)
                #expect(first.status == 200)
                let tag = try #require(first.header("ETag"))
                #expect(try await client.get(path).bytes == first.bytes)
                let packed = try await client.get(path, ["Accept-Encoding": "gzip"])
                #expect(packed.header("Content-Encoding") == "gzip" && packed.header("ETag") != tag)
                #expect(try Gzip.decompress(packed.bytes, outputBytesMax: 64 << 20) == first.bytes)
                #expect(try await client.get(path, ["If-None-Match": tag]).status == 304)
            }
            #expect(try await client.get("/asyncapi.json").json["asyncapi"] == "3.0.0")
        }
    }

    /// A request for each operation and for each of its parameters, made of nothing but the document.
    @Test func everyOperationDoesWhatItSays() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let description = try await Description(client)
            var walk = try await Walk(studio, client, description)
            try await walk.makeOneOfEachType()
            for operation in description.operations {
                if operation.isStream {
                    try await follow(operation, walk, studio, description)
                    continue
                }
                for request in walk.requests(for: operation) {
                    let answer = try await client.send(request.line, request.body, request.headers)
                    let faults = try description.faults(in: answer, to: operation)
                    #expect(faults == [])
                    #expect(200..<300 ~= answer.status, "\(request.line): \(answer.raw.text.prefix(300))")
                    for result in answer.json["results"]?.array ?? [] {
                        #expect(200..<300 ~= result["status"]?.integer ?? 0, "\(request.line): \(result)")
                    }
                    // Nobody carries the operation that was made by hand, so that nobody stops it.
                    if answer.status == 202, operation.name != "operations.cancel" { try await finish(answer, client) }
                }
            }
        }
    }

    /// A stream has no end that could be waited for: where the start of the log is asked for, its first event is read.
    private func follow(
        _ operation: Description.Operation, _ walk: Walk, _ studio: Studio, _ description: Description
    ) async throws {
        let requests = walk.requests(for: operation)
        #expect(requests.count { $0.isFromTheStart } == 2)
        for request in requests {
            let client = try studio.client()
            let answer = try await client.open(request.line, request.headers)
            #expect(answer.status == 200)
            #expect(try description.faults(in: answer, to: operation) == [])
            let opening = try await client.nextEvent()
            #expect(opening["log"]?.string == (try await studio.service.log.identity().id.description))
            guard request.isFromTheStart else { continue }
            let event = try await client.nextEvent()
            #expect(event["position"] == 1)
            #expect(try description.validator(Schema.named("Event")).problems(in: event) == [])
        }
    }

    /// Reads how work goes that has begun, until other work can begin.
    private func finish(_ answer: Answer, _ client: Client) async throws {
        let place = try #require(answer.header("Location"))
        var told: JSONValue?
        try await eventually(within: .seconds(60), "\(answer.request) is done") {
            told = try await client.get(place).json["data"]
            return told?["status"] != "running"
        }
        told = try await client.get(place).json["data"]
        #expect(told?["status"] == "completed", "\(answer.request): \(told ?? .null)")
    }

    @Test func everyOperationSaysWhatItAnswers() async throws {
        try await Studio.with { studio in
            for route in studio.routes where route.info.tags != ["console"] {
                let place = "\(route.method) \(route.pattern)"
                let answers = route.info.description?.answers ?? []
                #expect(answers.contains { 200..<300 ~= $0.status.rawValue }, "\(place) does not say what it answers")
                for answer in answers where answer.status != .notModified {
                    #expect(answer.schema != nil, "\(place) has no schema for \(answer.status)")
                }
            }
        }
    }

    @Test func everyOperationHasExamplesThatKeepTheirSchemas() async throws {
        try await Studio.with { studio in
            let description = try await Description(studio.client())
            for operation in description.operations {
                let bodies =
                    [operation.json["requestBody"]] + (operation.json["responses"]?.object ?? [:]).map { $0.value }
                for body in bodies.compactMap({ $0 }).map(description.resolved) {
                    for (type, media) in body["content"]?.object ?? [:] where type.hasSuffix("json") {
                        let example = try #require(media["example"], "\(operation.name) has no example of \(type)")
                        let problems = try description.validator(media["schema"] ?? true).problems(in: example)
                        #expect(problems.isEmpty, "\(operation.name): \(problems)")
                    }
                }
            }
        }
    }

    @Test func everyGuardedRouteNamesTheRightItNeeds() async throws {
        try await Studio.with { studio in
            let description = try await Description(studio.client())
            let rights = Set(Right.allCases.map(\.rawValue))
            for operation in description.operations {
                let security = operation.json["security"]?.array ?? []
                let needed = security.flatMap { $0["token"]?.array ?? [] }.compactMap(\.string)
                #expect(security.isEmpty || needed.count == 1, "\(operation.name) needs \(needed)")
                #expect(rights.isSuperset(of: needed))
            }
            for route in studio.routes where route.middleware.contains(where: { $0 is Authentication }) {
                #expect(route.info.right != nil, "\(route.method) \(route.pattern) needs no right")
            }
        }
    }

    /// The query and the path reach handlers only as their routes declare them; headers could be read past that. These belong
    /// to HTTP itself, or are read again where they were declared.
    @Test func noHandlerReadsAHeaderPastItsDeclaration() throws {
        let known: Set = ["Accept", "Accept-Encoding", "If-Match", "If-None-Match"]
        var read: Set<String> = []
        for file in try Self.swiftFiles(below: "\(Studio.root)/Sources/API") {
            read.formUnion(
                try Files.readText(file).matches(of: /\w\.header\("([A-Za-z-]+)"/).map { String($0.output.1) })
        }
        #expect(read.subtracting(known).sorted() == [])
    }

    /// A parameter that was misspelt, or meant for another route, never goes unnoticed: not where something is written either.
    @Test func whatNoRouteKnowsIsRefusedByEveryRoute() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let head = try await client.get("/api/v2/admin/events").json["head"]
            for route in studio.routes {
                let path = OpenAPIDocument.path(route.pattern).replacing("{", with: "").replacing("}", with: "")
                let body: [UInt8]? = route.body == .none ? nil : Array("{}".utf8)
                let answer = try await client.send("\(route.method) \(path)?dry_run=true", body)
                #expect(answer.status == 400, "\(route.method) \(path)")
                #expect(answer.places.contains("dry_run"), "\(route.method) \(path): \(answer.places)")
            }
            #expect(try await client.get("/api/v2/admin/events").json["head"] == head)
        }
    }

    /// What the server takes, its description allows: the forms that a point has.
    @Test(arguments: [
        "0", "1200", "now", "NOW", "-15m", "-1h30m", "2026-11-30", "2026-01-31 8:00", "2026-11-21T18:00:30",
        "2026-11-21T06:10:34Z", "2026-11-21T06:10:34.123456+01:00", "today", "yesterday 18:00", "Today 09:00:30",
        "before:0197a1b2-0000-7000-8000-00000000000F", "event:17",
        "event:0197a1b2-0000-7000-8000-00000000000f.3",
    ])
    func everyPointThatIsTakenIsDescribed(text: String) throws {
        _ = try Parameters(query: "as_of=\(PercentCoding.encode(text))").read(.asOf)
        let schema = try JSONSchema(ParameterShape<Point>.asOf.declarations[0].schema)
        #expect(schema.problems(in: .string(text)).isEmpty)
    }

    @Test func whatIsNotReadyIsReportedAsDescribed() async throws {
        let checks = [HealthCheck("one") { .init(.ok, "Fine.") }, HealthCheck("two") { .init(.failed, "Broken.") }]
        try await Studio.with(checks: checks) { studio in
            let client = try studio.client(token: nil)
            let description = try await Description(studio.client())
            let operation = try #require(description.operation("health.ready"))
            let answer = try await client.get("/health/ready")
            #expect(answer.status == 503)
            #expect(try description.faults(in: answer, to: operation) == [])
        }
    }

    /// A frozen database once kept readiness from answering for ten seconds and more.
    @Test func whatHangsIsReportedInTime() async throws {
        let held = Lock<CheckedContinuation<Void, Never>?>(nil)
        let hanging = HealthCheck("hanging") {
            await withCheckedContinuation { continuation in held.withLock { $0 = continuation } }
            return .init(.ok, "At last.")
        }
        let report = try #require(await HealthCheck.run([hanging]).first)
        #expect(report.finding.state == .failed && report.finding.detail.contains("No answer"))
        held.withLock { $0 }?.resume()
    }

    @Test func metricsComeAsOpenMetricsToWhoeverAcceptsThem() async throws {
        try await Studio.with { studio in
            let description = try await Description(studio.client())
            let operation = try #require(description.operation("metrics"))
            let answer = try await studio.client().get("/metrics", ["Accept": "application/openmetrics-text"])
            #expect(answer.header("Content-Type")?.hasPrefix("application/openmetrics-text") == true)
            #expect(try description.faults(in: answer, to: operation) == [])
        }
    }

    private static let open: Set = ["/metrics", "/openapi.json", "/asyncapi.json"]

    @Test func withoutATokenNobodyGetsAnythingButHealthMetricsAndDescriptions() async throws {
        try await Studio.with { studio in
            let description = try await Description(studio.client(token: nil))
            for token in [nil, "a wrong token"] {
                let client = try studio.client(token: token)
                for operation in description.operations {
                    let path = operation.path.replacing("{", with: "").replacing("}", with: "")
                    let body: [UInt8]? = operation.json["requestBody"] == nil ? nil : Array("{}".utf8)
                    let answer = try await client.send("\(operation.method) \(path)", body)
                    let isOpen = path.hasPrefix("/health/") || Self.open.contains(path)
                    // Whoever sends wrong tokens again and again is told to wait instead.
                    let refusals = token == nil ? [401] : [401, 429]
                    #expect((isOpen ? [200] : refusals).contains(answer.status), "\(operation.method) \(path)")
                    #expect(try description.faults(in: answer, to: operation) == [])
                    #expect((operation.json["security"]?.array?.isEmpty == true) == isOpen)
                }
            }
        }
    }

    /// Whoever invents a code has to say what it means.
    @Test func everyProblemThatIsThrownIsDescribed() throws {
        let known = Set(ProblemCodes.all.map(\.code))
        let folders = ["API", "HTTPServer", "Accounts", "Console"].map { "\(Studio.root)/Sources/\($0)" }
        // Codes of single fields are about a place in the request, not about the request.
        let pattern = /(?:Problem\(\s*\.\w+, |code: (?:Code = )?)"([a-z_]+)"/
        var thrown: Set<String> = []
        for file in try folders.flatMap({ try Self.swiftFiles(below: $0) }) {
            let text = try Files.readText(file)
            thrown.formUnion(text.matches(of: pattern).map { String($0.output.1) })
        }
        #expect(thrown.count > 20)
        #expect(thrown.subtracting(known).subtracting(["not_a_choice", "malformed"]).sorted() == [])
    }

    private static func swiftFiles(below folder: String) throws -> [String] {
        try Files.names(in: folder).flatMap { name in
            let path = "\(folder)/\(name)"
            return Files.isFolder(path) ? try swiftFiles(below: path) : path.hasSuffix(".swift") ? [path] : []
        }
    }
}
