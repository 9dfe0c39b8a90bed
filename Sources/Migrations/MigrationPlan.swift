/// What has to be done to bring a database to a list of migrations. Pure: compares the two and decides.
struct MigrationPlan: Equatable {
    /// A migration that the database has.
    struct Applied: Equatable {
        let number: Int
        let name: String
        let checksum: String
    }

    /// In the order they have to run.
    let pending: [Migration]

    /// Refuses a database that is newer than the list or that was made by other files.
    init(applied: [Applied], wanted: [Migration]) throws(MigrationError) {
        for row in applied {
            guard row.number <= wanted.count else {
                throw MigrationError(
                    .databaseIsNewer,
                    "The database has migration \(row.number) (\(row.name)); this Life-OS knows \(wanted.count). "
                        + "Start the version that made it, or a newer one.")
            }
            let ours = wanted[row.number - 1]
            guard ours.checksum == row.checksum else {
                throw MigrationError(
                    .edited,
                    "\(ours.title).sql is not the file that was applied to this database. "
                        + "Restore it, and put the change into a new migration.")
            }
        }
        let known = Set(applied.map(\.number))
        pending = wanted.filter { !known.contains($0.number) }
    }
}
