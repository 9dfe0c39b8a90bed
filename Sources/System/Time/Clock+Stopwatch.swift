extension Clock where Duration == Swift.Duration {
    /// A function that tells how much time has passed since now.
    ///
    /// Here, because the instants of an `any Clock<Duration>` cannot be compared.
    public func stopwatch() -> @Sendable () -> Duration {
        let start = now
        return { start.duration(to: self.now) }
    }
}
