import EventLog
import HTTPServer
import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

@testable import API

/// Whatever the database is short of: no answer takes it for a mistake of ours.
@Suite struct DatabaseProblemTests {
    @Test(arguments: [
        ("53100", 507, "database_full"), ("53200", 503, "database_exhausted"), ("53300", 503, "database_exhausted"),
        ("58030", 503, "database_failing"), ("57P01", 503, "database_unavailable"),
        ("57P03", 503, "database_unavailable"), ("pool_timeout", 503, "database_unavailable"),
    ])
    func eachStateHasAProblemThatIsDescribed(state: String, status: Int, code: String) throws {
        let problem = try #require(
            DatabaseProblems.problem(PostgresError(.init(rawValue: state), "secret of the server")))
        #expect(problem.status.rawValue == status && problem.code.rawValue == code)
        #expect(problem.headers.contains { $0.name == "Retry-After" })
        #expect(!(problem.detail).contains("secret"))
        #expect(ProblemCodes.all.contains { $0.code == code && $0.status == problem.status })
        #expect(ProblemCodes.anywhere.contains(problem.status))
    }

    @Test func mistakesOfOursStayMistakesOfOurs() {
        for state in ["42601", "23505", "22P02", "XX000", "decoding", "usage"] {
            #expect(DatabaseProblems.problem(PostgresError(.init(rawValue: state), "")) == nil, "\(state)")
        }
    }

    /// Also a route that asks the database without a thought of what may happen.
    @Test func anErrorOfAnyRouteIsTranslated() async throws {
        var router = Router()
        DatabaseProblems.declare(in: &router)
        router.group("/deep") { routes in
            routes.get("/full") { _ async throws in throw PostgresError(.diskFull, "could not extend file") }
            routes.get("/direct") { _ throws in throw PostgresError(.init(rawValue: "53300"), "too many clients") }
            routes.get("/ours") { _ throws in throw PostgresError(.syntaxError, "syntax") }
        }
        let server = HTTPServer(router: router, metrics: .init(), logger: .silent)
        try server.start()
        guard case .address(let host, let port) = server.boundAddress else { throw NoAddress() }
        for (path, status) in [("full", 507), ("direct", 503), ("ours", 500)] {
            let client = try Client(.tcp(host: host, port: port), token: nil)
            #expect(try await client.send("GET /deep/\(path)").status == status, "\(path)")
        }
        await server.stop(grace: .seconds(1))
    }

    struct NoAddress: Error {}
}
