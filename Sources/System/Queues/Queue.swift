/// First in, first out, without moving everything at each step and without keeping what was taken out.
public struct Queue<Element> {
    private var elements: [Element?] = []
    private var first = 0

    public init() {}

    public var count: Int { elements.count - first }

    /// How many places it takes, those of elements that were taken out included: at most twice ``count``, and a few.
    var places: Int { elements.count }

    public mutating func append(_ element: Element) { elements.append(element) }

    /// The element that has waited longest.
    public mutating func popFirst() -> Element? {
        guard first < elements.count else { return nil }
        let element = elements[first]
        elements[first] = nil
        first += 1
        if first > Self.emptyPlacesMin, first * 2 > elements.count {
            elements.removeFirst(first)
            first = 0
        }
        return element
    }

    /// Drops the others.
    public mutating func keep(_ isKept: (Element) -> Bool) {
        elements = elements[first...].filter { $0.map(isKept) ?? false }
        first = 0
    }

    /// So few empty places are kept: moving the rest would cost more than they do.
    private static var emptyPlacesMin: Int { 32 }
}

extension Queue: Sendable where Element: Sendable {}
