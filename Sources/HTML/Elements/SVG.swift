/// The part of SVG that charts need. Colours belong into the stylesheet, by class.
///
/// ```swift
/// SVG.Drawing(.viewBox(0, 0, 100, 20), .role("img"), .aria("label", "Requests per second")) {
///     SVG.Polyline(.class("series"), .points(points))
/// }
/// ```
public enum SVG {
    public typealias Drawing = Element<Kinds.SVGDrawing>
    public typealias Group = Element<Kinds.SVGGroup>
    public typealias Path = Element<Kinds.SVGPath>
    public typealias Rect = Element<Kinds.SVGRect>
    public typealias Line = Element<Kinds.SVGLine>
    public typealias Polyline = Element<Kinds.SVGPolyline>
    public typealias Polygon = Element<Kinds.SVGPolygon>
    public typealias Circle = Element<Kinds.SVGCircle>
    public typealias Ellipse = Element<Kinds.SVGEllipse>
    public typealias Text = Element<Kinds.SVGText>
    public typealias TextSpan = Element<Kinds.SVGTextSpan>
    public typealias Title = Element<Kinds.SVGTitle>
    public typealias Description = Element<Kinds.SVGDescription>
}

extension Kinds {
    public enum SVGDrawing: ElementKind { public static var name: StaticString { "svg" } }
    public enum SVGGroup: ElementKind { public static var name: StaticString { "g" } }
    public enum SVGPath: ElementKind { public static var name: StaticString { "path" } }
    public enum SVGRect: ElementKind { public static var name: StaticString { "rect" } }
    public enum SVGLine: ElementKind { public static var name: StaticString { "line" } }
    public enum SVGPolyline: ElementKind { public static var name: StaticString { "polyline" } }
    public enum SVGPolygon: ElementKind { public static var name: StaticString { "polygon" } }
    public enum SVGCircle: ElementKind { public static var name: StaticString { "circle" } }
    public enum SVGEllipse: ElementKind { public static var name: StaticString { "ellipse" } }
    public enum SVGText: ElementKind { public static var name: StaticString { "text" } }
    public enum SVGTextSpan: ElementKind { public static var name: StaticString { "tspan" } }
    public enum SVGTitle: ElementKind { public static var name: StaticString { "title" } }
    public enum SVGDescription: ElementKind { public static var name: StaticString { "desc" } }
}
