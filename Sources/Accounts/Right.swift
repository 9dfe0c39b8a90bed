public import HTTPServer

/// What somebody may do, as routes demand it. Today whoever has the admin token has all of them.
/// ``Authentication`` answers 403 to an ``Actor`` that lacks the one of the route.
///
/// To add one, add a case: routes name it, and `/openapi.json` lists it with each operation.
public enum Right: String, Sendable, CaseIterable {
    case readEntities = "entities:read"
    case writeEntities = "entities:write"
    case runJobs = "jobs:run"
    case readTraces = "traces:read"
    case writeTraces = "traces:write"
    case callModels = "models:call"
    /// What everybody may who is known: reading the API's description, ending one's own session.
    case useAccount = "account:use"
    /// Reading the log as it is written.
    case readLog = "admin:log"
    case readAudit = "admin:audit"
    case makeBackups = "admin:backup"
    case keepProjections = "admin:projections"
    case keepCache = "admin:cache"
    /// Looking at the past as a whole, forking it, and taking changes back.
    case replay = "admin:replay"

    public static let all = Set(allCases)
}

extension RouteInfo {
    /// What somebody needs to be answered; nil where the route is open to everyone.
    public var right: Right? {
        get { attachments[Right.self] }
        set { attachments[Right.self] = newValue }
    }

    /// This route, for those who have a right.
    public func needing(_ right: Right) -> RouteInfo {
        var info = self
        info.right = right
        return info
    }
}
