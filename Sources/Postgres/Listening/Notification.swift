/// What a listener hears.
public enum Notification: Sendable, Equatable {
    /// Someone notified the channel.
    case payload(String)
    /// Listening began just now, or began again, or the listener was too slow: look for yourself what happened.
    case mayHaveMissed
}

/// What is heard on a channel; see ``PostgresPool/listen(_:)``. Letting go of it ends the listening.
public struct Notifications: AsyncSequence, Sendable {
    public typealias Element = Notification
    public typealias Failure = Never

    let subscription: Subscription

    public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

    public struct Iterator: AsyncIteratorProtocol {
        let subscription: Subscription

        /// The next one; nil when the pool was closed or the task cancelled.
        public mutating func next() async -> Notification? { await subscription.buffer.next() }

        public mutating func next(isolation: isolated (any Actor)?) async -> Notification? {
            await subscription.buffer.next()
        }
    }
}

/// One listener's place; ends with its last reference.
final class Subscription: Sendable {
    let channel: String
    let number: UInt64
    let buffer: NotificationBuffer
    private let listener: Listener

    init(_ listener: Listener, channel: String, number: UInt64, buffer: NotificationBuffer) {
        self.listener = listener
        self.channel = channel
        self.number = number
        self.buffer = buffer
    }

    deinit { listener.remove(channel, number) }
}
