extension Room {
    /// Its routes are the console's; what it does by itself is to write down who came and who was refused.
    static func access(_ premises: Premises) -> Room {
        let access = premises.access
        return Room(start: { access.start() }, stop: { await access.stop() })
    }
}
