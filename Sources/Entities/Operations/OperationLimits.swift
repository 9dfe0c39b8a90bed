/// The limits of operations: how many, and how soon it is noticed what became of them.
public struct OperationLimits: Sendable {
    /// Operations that one process carries in the background at once; default 8.
    public var backgroundMax = 8
    /// Between two events that say how far an operation is; default 5 seconds. The log is no place for every step.
    public var progressInterval: Duration = .seconds(5)
    /// How often a process looks after the locks of its operations, and whether someone wants one stopped; default 2
    /// seconds.
    public var careInterval: Duration = .seconds(2)
    /// How long looking may take; default 5 seconds.
    public var careTimeout: Duration = .seconds(5)
    /// How long nobody must have held an operation's lock before it counts as dead; default 20 seconds.
    ///
    /// Hazard: a process whose connection was cut needs ``careInterval``, ``careTimeout`` and the time to connect until it
    /// holds its locks again. With less than that the living are taken for dead.
    public var deadAfter: Duration = .seconds(20)
    /// How often dead ones are looked for while none is suspected; default 30 seconds.
    public var watchInterval: Duration = .seconds(30)
    /// The same while one is suspected; default 5 seconds.
    public var suspectInterval: Duration = .seconds(5)

    public init() {}
}
