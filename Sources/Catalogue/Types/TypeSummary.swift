/// A table that tells something of all entities of a type together, for those who look at the system as a whole.
public struct TypeSummary: Sendable, Hashable {
    /// What it is about, for people.
    public let title: String
    public let measure: Measure

    public enum Measure: Sendable, Hashable {
        /// How many there are for each value of a field.
        case count(by: String)
        /// A number field's sum, for each value of another field where one is given.
        case sum(String, by: String?)
    }

    public init(title: String, measure: Measure) {
        self.title = title
        self.measure = measure
    }
}
