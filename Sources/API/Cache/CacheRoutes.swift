import Accounts
public import HTTPServer
import JSON
import System

/// Looking after the cache: how well it does, and forgetting by hand what it holds.
public struct CacheRoutes: Sendable {
    private let cache: ResponseCache

    public init(cache: ResponseCache) { self.cache = cache }

    public func declare(in router: inout Router) {
        router.group("/api/v2/admin/cache") { routes in
            routes.get("", info: info("get", "Read cache statistics.", .cacheStatistics)) { _ in statistics() }
            routes.post(
                "/invalidate", info: info("invalidate", "Invalidate some cached responses.", .cacheInvalidation)
            ) { request in try invalidate(request) }
            routes.post("/clear", info: info("clear", "Clear the cache.", .cacheClearing)) { _ in
                Self.removed(cache.clear())
            }
            routes.post(
                "/reset-statistics", info: info("reset", "Reset the statistics.", .cacheStatistics)
            ) { _ in
                cache.resetStatistics()
                return statistics()
            }
        }
    }

    private func info(_ verb: String, _ summary: String, _ description: RouteDescription) -> RouteInfo {
        RouteInfo("cache.\(verb)", summary, in: "Cache", needs: .keepCache, description)
    }

    private func statistics() -> Response {
        let numbers = cache.statistics
        let lookups = numbers.hits + numbers.misses
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("hits", numbers.hits)
            writer.field("misses", numbers.misses)
            writer.field("hit_rate", JSONNumber(lookups == 0 ? 0 : Double(numbers.hits) / Double(lookups)) ?? 0)
            writer.field("evictions", numbers.evictions)
            writer.field("entries", numbers.entries)
            writer.field("bytes", numbers.bytes)
            writer.field("bytes_max", numbers.bytesMax)
        }
        return .json(writer.bytes)
    }

    private func invalidate(_ request: Request) throws(Problem) -> Response {
        let body = try request.json()
        guard let object = body.object else { throw .notAnObject }
        switch Set(object.names) {
        case ["entity", "type"], ["entity"]:
            guard let id = body["entity"]?.string.flatMap({ UUID($0) }) else {
                throw Self.refused("entity", "format", "Send the id of an entity.")
            }
            if let type = body["type"] {
                guard let name = type.string, cache.knows(type: name) else {
                    throw Self.refused("type", "not_a_choice", "Use the name of an entity type, such as character.")
                }
                cache.invalidate(entity: id, type: name)
            }
            let text = id.description
            return Self.removed(cache.invalidate { $0.contains(text) })
        case ["endpoint"]:
            guard let endpoint = body["endpoint"]?.string, endpoint.hasPrefix("/") else {
                throw Self.refused("endpoint", "pattern", "Send an address without its parameters: /api/v2/characters.")
            }
            return Self.removed(cache.invalidate { $0.prefix { $0 != "?" } == endpoint })
        case ["pattern"]:
            guard let pattern = body["pattern"]?.string, pattern.unicodeScalars.count <= Self.patternLengthMax
            else {
                throw Self.refused("pattern", "maxLength", "Use at most \(Self.patternLengthMax) characters.")
            }
            let wildcard = Wildcard(pattern)
            return Self.removed(cache.invalidate { wildcard.matches($0) })
        default:
            throw Self.refused("", "oneOf", "Send one of: entity (with its type), endpoint, pattern.")
        }
    }

    static let patternLengthMax = 500

    private static func refused(_ member: String, _ code: Problem.Code, _ advice: String) -> Problem {
        .invalidFields([.init(.pointer(member.isEmpty ? "" : "/\(member)"), code, advice)])
    }

    private static func removed(_ count: Int) -> Response {
        var writer = JSONWriter()
        writer.object { $0.field("removed", count) }
        return .json(writer.bytes)
    }
}

/// A text in which `*` stands for anything.
struct Wildcard: Sendable {
    private let pattern: [UInt8]

    init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

    /// Goes back to the last star only, so the time is never more than the product of the lengths.
    func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        var (place, next) = (0, 0)
        var star: (next: Int, place: Int)?
        while place < text.count {
            if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
                star = (next, place)
                next += 1
            } else if next < pattern.count, pattern[next] == text[place] {
                (place, next) = (place + 1, next + 1)
            } else if let last = star {
                star = (last.next, last.place + 1)
                (place, next) = (last.place + 1, last.next + 1)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
