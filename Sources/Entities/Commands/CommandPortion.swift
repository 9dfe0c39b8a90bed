/// As many commands as long work hands in at once: some for one transaction, and no more than fit into memory well.
public struct CommandPortion: Sendable {
    /// Default 256: as many as the writer decides in one transaction.
    private let countMax: Int
    /// Default 8 MiB. A command that is larger is a portion by itself.
    private let bytesMax: Int
    public private(set) var commands: [EntityCommand] = []
    private var bytes = 0

    public init(countMax: Int = 256, bytesMax: Int = 8 << 20) {
        self.countMax = countMax
        self.bytesMax = bytesMax
    }

    /// Whether it should be handed in before anything is added.
    public var isFull: Bool { commands.count >= countMax || bytes >= bytesMax }

    public mutating func add(_ command: EntityCommand) {
        commands.append(command)
        bytes += command.byteCount
    }
}
