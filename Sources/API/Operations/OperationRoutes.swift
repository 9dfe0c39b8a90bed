import Accounts
public import Entities
public import HTTPServer
import JSON
import System

/// Stopping what continues in the background. Reading it is what the routes of all categories do.
public struct OperationRoutes: Sendable {
    private let background: Background

    public init(background: Background) { self.background = background }

    public func declare(in router: inout Router) {
        router.post(
            "/api/v2/admin/operations/{id}/cancel",
            info: RouteInfo(
                "operations.cancel", "Cancel an operation, whichever node runs it.", in: "Operations",
                needs: .runJobs, .operationCancel),
            .path("id", .uuid, "The operation's id."), .order
        ) { request, id, order in
            try await background.answering(request, order) { meta in
                try await background.cancel(id, askedBy: meta)
                return (id, nil)
            }
        }
    }
}
