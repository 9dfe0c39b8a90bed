internal import Accounts
public import HTTPServer
public import JSON
internal import System

/// `/api`: what programs can ask for, for people to read. Made of the API's own description.
public struct ReferenceRoutes: Sendable {
    private let notice: String?
    private let reference: Kept

    /// - Parameters:
    ///   - notice: what every page says above all else.
    ///   - document: gives the description as OpenAPI has it; asked once, when the first page is.
    public init(notice: String?, document: @escaping @Sendable () -> JSONValue) {
        self.notice = notice
        reference = Kept { Reference(document()) }
    }

    /// - Parameter guardian: lets only those through who are known; nil where everyone may read.
    public func declare(in router: inout Router, behind guardian: (any Middleware)?) {
        router.group("") { pages in
            if let guardian { pages.use(guardian) }
            pages.get(
                "/api",
                info: RouteInfo(name: "reference.list", summary: "The operations of the API.", tags: ["console"])
                    .needing(.useAccount),
                .optional("q", .text(length: 0...200), default: "", "Words to find.")
            ) { _, words async in
                .html(ReferencePage(reference: reference.value, asked: words, notice: notice).page)
            }
            pages.get(
                "/api/{operation}",
                info: RouteInfo(name: "reference.get", summary: "One operation of the API.", tags: ["console"])
                    .needing(.useAccount),
                .path("operation", .text, "Its name, such as characters.create.")
            ) { _, name async throws in
                guard let operation = reference.value.operation(name) else {
                    throw Problem.notFound("There is no operation \(name). See /api for all of them.")
                }
                return .html(OperationPage(operation: operation, notice: notice).page)
            }
        }
    }

    /// The reference, made when it is first asked for.
    private final class Kept: Sendable {
        private let make: @Sendable () -> Reference
        private let made = Lock<Reference?>(nil)

        init(_ make: @escaping @Sendable () -> Reference) { self.make = make }

        var value: Reference {
            made.withLock { made in
                if let made { return made }
                let fresh = make()
                made = fresh
                return fresh
            }
        }
    }
}
