import JSON
import System

extension EntityCommand {
    /// How many bytes it takes, about: what its events will take in the log, and the memory meanwhile grows with.
    public var byteCount: Int { Self.overhead + action.byteCount }

    /// The meta of an event, and what else comes with each.
    private static let overhead = 500
}

extension EntityCommand.Action {
    fileprivate var byteCount: Int {
        switch self {
        case .create(let content, let extras):
            content.encoded.count + Self.size(of: extras.tags) + Self.size(of: extras.links)
        case .patch(let patch): patch.byteCountEstimate
        case .archive, .unarchive, .favorite: 0
        case .tag(let tags), .untag(let tags): Self.size(of: tags)
        case .link(let link), .unlink(let link): Self.size(of: [link])
        case .revert(_, let content): content.encoded.count
        case .restore(let restoration, let content):
            (content?.encoded.count ?? 0) + Self.size(of: restoration.tags ?? [])
                + Self.size(of: restoration.links ?? [])
        case .declared(_, let data): data.byteCountEstimate
        }
    }

    private static func size(of tags: [String]) -> Int { tags.reduce(0) { $0 + $1.utf8.count + 3 } }

    private static func size(of links: [Entity.Link]) -> Int {
        links.reduce(0) { $0 + $1.relation.utf8.count + 64 }
    }
}
