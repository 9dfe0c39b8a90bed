// Where things are in a drawing. Numbers are written with at most three decimals: finer than any screen.
extension Attribute {
    public static func viewBox(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Attribute {
        Attribute("viewBox", "\(svg(x)) \(svg(y)) \(svg(width)) \(svg(height))")
    }

    /// How a drawing fits into its place; `none` stretches it.
    public static func preserveAspectRatio(_ value: String) -> Attribute { Attribute("preserveAspectRatio", value) }

    public static func x(_ value: Double) -> Attribute { Attribute("x", svg(value)) }
    public static func y(_ value: Double) -> Attribute { Attribute("y", svg(value)) }
    /// Of pictures too.
    public static func width(_ value: Double) -> Attribute { Attribute("width", svg(value)) }
    public static func height(_ value: Double) -> Attribute { Attribute("height", svg(value)) }
    public static func rx(_ value: Double) -> Attribute { Attribute("rx", svg(value)) }
    public static func ry(_ value: Double) -> Attribute { Attribute("ry", svg(value)) }
    public static func r(_ value: Double) -> Attribute { Attribute("r", svg(value)) }
    public static func cx(_ value: Double) -> Attribute { Attribute("cx", svg(value)) }
    public static func cy(_ value: Double) -> Attribute { Attribute("cy", svg(value)) }
    public static func dx(_ value: Double) -> Attribute { Attribute("dx", svg(value)) }
    public static func dy(_ value: Double) -> Attribute { Attribute("dy", svg(value)) }
    public static func x1(_ value: Double) -> Attribute { Attribute("x1", svg(value)) }
    public static func y1(_ value: Double) -> Attribute { Attribute("y1", svg(value)) }
    public static func x2(_ value: Double) -> Attribute { Attribute("x2", svg(value)) }
    public static func y2(_ value: Double) -> Attribute { Attribute("y2", svg(value)) }

    /// The corners of a polyline or polygon.
    public static func points(_ points: some Sequence<(x: Double, y: Double)>) -> Attribute {
        Attribute("points", points.map { "\(svg($0.x)),\(svg($0.y))" }.joined(separator: " "))
    }

    /// The steps of a path, such as `M0 0H10`.
    public static func d(_ path: String) -> Attribute { Attribute("d", path) }
    public static func transform(_ value: String) -> Attribute { Attribute("transform", value) }
    public static func translate(_ x: Double, _ y: Double) -> Attribute { transform("translate(\(svg(x)) \(svg(y)))") }
    public static func fill(_ value: String) -> Attribute { Attribute("fill", value) }
    public static func stroke(_ value: String) -> Attribute { Attribute("stroke", value) }
    public static func strokeWidth(_ value: Double) -> Attribute { Attribute("stroke-width", svg(value)) }

    public enum TextAnchor: String, Sendable { case start, middle, end }
    public static func textAnchor(_ value: TextAnchor) -> Attribute { Attribute("text-anchor", value.rawValue) }
    /// Keeps lines as thin as they are when the drawing is stretched.
    public static var nonScalingStroke: Attribute { Attribute("vector-effect", "non-scaling-stroke") }

    /// Zero for what is no number, so that one bad value cannot spoil a chart.
    static func svg(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let thousandths = Int64((value * 1_000).rounded())
        let (whole, rest) = thousandths.magnitude.quotientAndRemainder(dividingBy: 1_000)
        let sign = thousandths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        var digits = "\(rest)"
        digits = String(repeating: "0", count: 3 - digits.utf8.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }
}
