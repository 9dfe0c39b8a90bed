internal import Accounts
internal import Catalogue
public import Entities
internal import EventLog
internal import HTML
public import HTTPServer
internal import Postgres
internal import Replay
public import System

/// `/console/history`: the audit trail, where one finds the moment before something went wrong.
public struct HistoryRoutes: Sendable {
    private let service: EntityService
    private let clock: any WallClock
    private let notice: String?
    private let zone: Zone

    /// - Parameters:
    ///   - clock: what `-15m` and `yesterday` are counted from.
    ///   - notice: what every page says above all else.
    ///   - zone: whose clocks times are shown and read by.
    public init(service: EntityService, clock: any WallClock, notice: String? = nil, zone: Zone = .ofThisProcess) {
        self.service = service
        self.clock = clock
        self.notice = notice
        self.zone = zone
    }

    public func declare(in router: inout Router) {
        router.get(
            "/console/history",
            info: RouteInfo(
                name: "console.history", summary: "History, with commands to undo each change.", tags: ["console"]
            ).needing(.readAudit), .question
        ) { request, asked in
            return .html(try await page(asked, for: request.actor).page)
        }
    }

    private func page(_ asked: HistoryQuestion, for actor: Actor) async throws -> HistoryPage {
        let types = service.catalogue.types.map { (name: $0.name, title: $0.title) }
        var page = HistoryPage(asked: asked, types: types, zone: zone, actor: actor, notice: notice)
        do {
            let filter = try await asked.filter(now: clock.now(), in: zone, service.pool)
            let log = try await service.log.identity()
            let found = try await AuditReader(pool: service.pool).page(
                filter, limit: HistoryQuestion.pageLength, before: asked.position(in: log))
            page.entries = found.entries
            page.next = found.next.map(log.marked)
            page.isBounded = found.after > 0
        } catch let problem as HistoryQuestion.Problem {
            page.complaint = problem.sentence
        }
        return page
    }
}

/// What the form asks for. Whatever cannot be used is said on the page, not in a problem document.
struct HistoryQuestion: Sendable {
    static let pageLength = 50

    var since = ""
    var until = ""
    var actor = ""
    var type = ""
    var verb = ""
    var reason = ""
    var id = ""
    private var cursor: String?

    fileprivate init(_ texts: [String], cursor: String?) {
        (since, until, actor, type) = (texts[0], texts[1], texts[2], texts[3])
        (verb, reason, id) = (texts[4], texts[5], texts[6])
        self.cursor = cursor
    }

    /// Where the page ends that is asked for; nil for the latest.
    func position(in log: LogIdentity) throws(Problem) -> Int? {
        guard let cursor else { return nil }
        if let position = log.number(marked: cursor), position > 0 { return position }
        throw Problem(sentence: "This page belongs to another log. Start again from the latest entries.")
    }

    struct Problem: Error { let sentence: String }

    /// The fields that say something, as an address has them.
    var pairs: [(name: String, value: String)] {
        [
            ("since", since), ("until", until), ("actor", actor), ("type", type), ("verb", verb), ("reason", reason),
            ("id", id),
        ].filter { !$0.1.isEmpty }
    }

    var address: String { Self.address(pairs) }

    static func address(_ pairs: [(name: String, value: String)]) -> String {
        let query = pairs.map { "\($0.name)=\(encoded($0.value))" }.joined(separator: "&")
        return query.isEmpty ? "/console/history" : "/console/history?\(query)"
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    func filter(now: Timestamp, in zone: Zone, _ pool: PostgresPool) async throws -> AuditFilter {
        var filter = AuditFilter()
        if !actor.isEmpty { filter.actor = actor }
        if !type.isEmpty { filter.types = [type] }
        if !verb.isEmpty { filter.verbs = [verb] }
        filter.reason = reason.split(separator: " ").map(String.init)
        if !id.isEmpty {
            guard let id = UUID(id) else {
                throw Problem(
                    sentence: "\"\(id)\" is not an id. Copy a whole one, such as 0197a1b2-0000-7000-8000-00000000000f.")
            }
            // One field for both: people copy what they see.
            filter.correlation = id
            let isWhole = try await !AuditReader(pool: pool).page(filter, limit: 1).entries.isEmpty
            if !isWhole {
                filter.correlation = nil
                filter.entity = id
            }
        }
        let begin = try await bound(since, now, zone) { try await $0.since(in: pool) }
        let end = try await bound(until.isEmpty ? "now" : until, now, zone) { try await $0.resolve(in: pool).position }
        filter.bound(after: begin ?? 0, upTo: end ?? 0)
        return filter
    }

    private func bound(
        _ text: String, _ now: Timestamp, _ zone: Zone, _ find: (Point) async throws -> Int
    ) async throws -> Int? {
        if text.isEmpty { return nil }
        do {
            return try await find(try Point(parsing: text, now: now, in: zone))
        } catch let problem as PointProblem {
            throw Problem(sentence: problem.description)
        } catch PointNotFound.future(let head) {
            throw Problem(sentence: "The log ends at position \(head). Use that position or an earlier one.")
        } catch PointNotFound.unknown(let sentence) {
            throw Problem(sentence: sentence)
        }
    }
}

extension ParameterShape<HistoryQuestion> {
    fileprivate static var question: Self {
        group(
            field("since"), field("until"), field("actor"), field("type"), field("verb"), field("reason"), field("id"),
            .optional("cursor", .text, "Where the page starts.")
        ) { HistoryQuestion([$0, $1, $2, $3, $4, $5, $6], cursor: $7) }
    }

    /// What someone typed, without blanks too many.
    private static func field(_ name: String) -> ParameterShape<String> {
        ParameterShape<String>.optional(name, .text, default: "", "A field of the form.")
            .map { $0.split(separator: " ").joined(separator: " ") }
    }
}
