// Figures, and what opens and closes. Each name is the tag, capitalised; two and three letter tags are all capitals.

public typealias Figure = Element<Kinds.Figure>
public typealias FigCaption = Element<Kinds.FigCaption>
public typealias Img = VoidElement<Kinds.Img>
public typealias Details = Element<Kinds.Details>
public typealias Summary = Element<Kinds.Summary>
public typealias Dialog = Element<Kinds.Dialog>

extension Kinds {
    public enum Figure: ElementKind { public static var name: StaticString { "figure" } }
    public enum FigCaption: ElementKind { public static var name: StaticString { "figcaption" } }
    public enum Img: ElementKind { public static var name: StaticString { "img" } }
    public enum Details: ElementKind { public static var name: StaticString { "details" } }
    public enum Summary: ElementKind { public static var name: StaticString { "summary" } }
    public enum Dialog: ElementKind { public static var name: StaticString { "dialog" } }
}
