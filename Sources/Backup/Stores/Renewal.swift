/// Does something again and again while other work continues, so that others see that somebody is at work.
enum Renewal {
    /// - Parameter renew: is over before this returns.
    static func keep<Result>(
        every pause: Duration, on clock: any Clock<Duration>, _ renew: @escaping @Sendable () async -> Void,
        isolation: isolated (any Actor)? = #isolation, during work: () async throws -> Result
    ) async rethrows -> Result {
        let renewing = Task {
            while !Task.isCancelled {
                do { try await clock.sleep(for: pause) } catch { return }
                await renew()
            }
        }
        do {
            let result = try await work()
            renewing.cancel()
            await renewing.value
            return result
        } catch {
            renewing.cancel()
            await renewing.value
            throw error
        }
    }
}
