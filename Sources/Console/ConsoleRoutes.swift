public import Accounts
internal import HTML
public import HTTPServer
internal import System

/// The pages at `/console`: plain HTML from the server, one stylesheet, nothing from elsewhere.
public struct ConsoleRoutes: Sendable {
    /// What the pages show and need.
    public struct Parts: Sendable {
        let version: String
        let address: String
        /// The folder with `styles` and later `modules`.
        let folder: String
        let sessions: Sessions
        /// What every page says above all else.
        let notice: String?
        let health: @Sendable () async -> [HealthRow]

        public init(
            version: String, address: String, folder: String, sessions: Sessions, notice: String? = nil,
            health: @escaping @Sendable () async -> [HealthRow]
        ) {
            self.version = version
            self.address = address
            self.folder = folder
            self.sessions = sessions
            self.notice = notice
            self.health = health
        }
    }

    /// What one dependency of the system said of itself.
    public struct HealthRow: Sendable {
        let name: String
        let state: String
        let detail: String

        /// - Parameter state: `ok`, `degraded` or `failed`.
        public init(name: String, state: String, detail: String) {
            self.name = name
            self.state = state
            self.detail = detail
        }
    }

    private let parts: Parts
    private let styles: StaticFiles
    private let modules: StaticFiles

    public init(_ parts: Parts) throws {
        self.parts = parts
        styles = try StaticFiles(.init(root: "\(parts.folder)/styles"))
        modules = try StaticFiles(.init(root: "\(parts.folder)/modules"))
    }

    /// Has browsers shown what went wrong as a page of the console.
    public func showProblems(in router: inout Router) {
        router.showProblems { [notice = parts.notice] problem in
            .html(ProblemPage(problem: problem, notice: notice).page, problem.status)
        }
    }

    /// What is open to everyone: signing in, and the files that the page for it needs.
    public func declareOpen(in router: inout Router) {
        router.get(
            "/", info: RouteInfo(name: "console.root", summary: "Redirects to the console.", tags: ["console"])
        ) { _ in .redirect(to: "/console") }

        router.get(
            "/console/styles/{path...}",
            info: RouteInfo(name: "console.styles", summary: "Stylesheets of the console.", tags: ["console"])
        ) { request in try styles.respond(to: request) }

        router.get(
            "/console/modules/{path...}",
            info: RouteInfo(name: "console.modules", summary: "Scripts of the console.", tags: ["console"])
        ) { request in try modules.respond(to: request) }

        router.get(
            "/console/sign-in",
            info: RouteInfo(name: "console.sign-in", summary: "The sign-in form.", tags: ["console"])
        ) { _ in .html(SignInPage(notice: parts.notice, complaint: nil).page) }

        router.post(
            "/console/sign-in", body: .buffered(bytesMax: 4 << 10),
            info: RouteInfo(name: "console.session.begin", summary: "Begins a session.", tags: ["console"])
        ) { request in try signIn(request) }
    }

    /// What only those see who are signed in: how this installation is, whatever it lacks.
    public func declareOverview(in router: inout Router) {
        router.get(
            "/console",
            info: RouteInfo(
                name: "console.overview", summary: "The overview.", tags: ["console"]
            ).needing(.readEntities)
        ) { request async throws in
            let actor = try request.actor
            let health = await parts.health()
            return .html(
                OverviewPage(
                    actor: actor, notice: parts.notice, version: parts.version, address: parts.address, health: health
                ).page)
        }

    }

    /// What else those can do who are signed in.
    public func declare(in router: inout Router) {
        router.post(
            "/console/sign-out", body: .buffered(bytesMax: 1 << 10),
            info: RouteInfo(
                name: "console.session.end", summary: "Ends the session.", tags: ["console"]
            ).needing(.useAccount)
        ) { request async throws in
            let cookie = try await parts.sessions.end(request)
            var answer = Response.redirect(to: "/console/sign-in")
            answer.headers.add("Set-Cookie", cookie)
            return answer
        }
    }

    private func signIn(_ request: Request) throws -> Response {
        try Authentication.refuseForgery(request)
        let token = try request.form().values(of: "token").first ?? ""
        switch try parts.sessions.begin(with: token, request) {
        case .begun(let cookie):
            var answer = Response.redirect(to: "/console")
            answer.headers.add("Set-Cookie", cookie)
            return answer
        case .refused(retryAfter: nil):
            return .html(SignInPage(notice: parts.notice, complaint: "Wrong token.").page, .unauthorized)
        case .refused(let wait?):
            let problem = Problem.tooManyRequests(
                "Wrong token. Too many wrong tokens came from your address; the right one is still accepted at once.",
                retryAfter: wait)
            var answer = Response.html(
                SignInPage(notice: parts.notice, complaint: problem.detail).page, problem.status)
            for (name, value) in problem.headers { answer.headers.add(name, value) }
            return answer
        }
    }
}

extension Response {
    static func html(_ page: Page, _ status: Status = .ok) -> Response {
        Response(
            status, headers: ["Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"],
            body: .bytes(page.render()))
    }
}
