// Tables. Each name is the tag, capitalised; two and three letter tags are all capitals.

public typealias Table = Element<Kinds.Table>
public typealias Caption = Element<Kinds.Caption>
public typealias ColGroup = Element<Kinds.ColGroup>
public typealias Col = VoidElement<Kinds.Col>
public typealias THead = Element<Kinds.THead>
public typealias TBody = Element<Kinds.TBody>
public typealias TFoot = Element<Kinds.TFoot>
public typealias TR = Element<Kinds.TR>
public typealias TH = Element<Kinds.TH>
public typealias TD = Element<Kinds.TD>

extension Kinds {
    public enum Table: ElementKind { public static var name: StaticString { "table" } }
    public enum Caption: ElementKind { public static var name: StaticString { "caption" } }
    public enum ColGroup: ElementKind { public static var name: StaticString { "colgroup" } }
    public enum Col: ElementKind { public static var name: StaticString { "col" } }
    public enum THead: ElementKind { public static var name: StaticString { "thead" } }
    public enum TBody: ElementKind { public static var name: StaticString { "tbody" } }
    public enum TFoot: ElementKind { public static var name: StaticString { "tfoot" } }
    public enum TR: ElementKind { public static var name: StaticString { "tr" } }
    public enum TH: ElementKind { public static var name: StaticString { "th" } }
    public enum TD: ElementKind { public static var name: StaticString { "td" } }
}
