import Catalogue
import EventLog
public import JSON
public import System

/// Keeps the answer of a command with an `Idempotency-Key` that found everything as it was to be: no entity's stream says
/// anything of such a command, and its repetition must not be decided again on what others have done since.
///
/// Each stands in a stream of its own. It changes no entity; only the receipts are made of it.
public enum ReceiptEvent {
    public static let category = Catalogue.receiptCategory
    static let type = "\(category).unchanged"
    static let schemaVersion = 1

    static func draft(for command: any LogCommand, version: Int) -> EventDraft {
        let data: JSONValue = [
            "type": .string(command.category), "id": .string(command.id.description), "version": .integer(version),
        ]
        return EventDraft(
            stream: command.meta.command, version: 1, category: category, type: type, schemaVersion: schemaVersion,
            data: data.encoded(), meta: command.meta.encoded())
    }

    /// The entity and the version of it that were the answer.
    public static func answer(_ data: JSONValue) -> (id: UUID, version: Int)? {
        guard let id = data["id"]?.string.flatMap({ UUID($0) }), let version = data["version"]?.integer else {
            return nil
        }
        return (id, version)
    }
}
