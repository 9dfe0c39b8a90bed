// Words, paragraphs and lists. Each name is the tag, capitalised; two and three letter tags are all capitals.

public typealias P = Element<Kinds.P>
public typealias A = Element<Kinds.A>
public typealias Span = Element<Kinds.Span>
public typealias Strong = Element<Kinds.Strong>
public typealias Em = Element<Kinds.Em>
public typealias Small = Element<Kinds.Small>
public typealias Mark = Element<Kinds.Mark>
public typealias Abbr = Element<Kinds.Abbr>
public typealias Sub = Element<Kinds.Sub>
public typealias Sup = Element<Kinds.Sup>
public typealias Del = Element<Kinds.Del>
public typealias Ins = Element<Kinds.Ins>
public typealias Code = Element<Kinds.Code>
public typealias Pre = Element<Kinds.Pre>
public typealias Kbd = Element<Kinds.Kbd>
public typealias Samp = Element<Kinds.Samp>
public typealias Data = Element<Kinds.Data>
public typealias Time = Element<Kinds.Time>
public typealias BlockQuote = Element<Kinds.BlockQuote>
public typealias BR = VoidElement<Kinds.BR>
public typealias UL = Element<Kinds.UL>
public typealias OL = Element<Kinds.OL>
public typealias LI = Element<Kinds.LI>
public typealias DL = Element<Kinds.DL>
public typealias DT = Element<Kinds.DT>
public typealias DD = Element<Kinds.DD>

extension Kinds {
    public enum P: ElementKind { public static var name: StaticString { "p" } }
    public enum A: ElementKind { public static var name: StaticString { "a" } }
    public enum Span: ElementKind { public static var name: StaticString { "span" } }
    public enum Strong: ElementKind { public static var name: StaticString { "strong" } }
    public enum Em: ElementKind { public static var name: StaticString { "em" } }
    public enum Small: ElementKind { public static var name: StaticString { "small" } }
    public enum Mark: ElementKind { public static var name: StaticString { "mark" } }
    public enum Abbr: ElementKind { public static var name: StaticString { "abbr" } }
    public enum Sub: ElementKind { public static var name: StaticString { "sub" } }
    public enum Sup: ElementKind { public static var name: StaticString { "sup" } }
    public enum Del: ElementKind { public static var name: StaticString { "del" } }
    public enum Ins: ElementKind { public static var name: StaticString { "ins" } }
    public enum Code: ElementKind { public static var name: StaticString { "code" } }
    public enum Pre: ElementKind {
        public static var name: StaticString { "pre" }
        public static var dropsFirstLineBreak: Bool { true }
    }
    public enum Kbd: ElementKind { public static var name: StaticString { "kbd" } }
    public enum Samp: ElementKind { public static var name: StaticString { "samp" } }
    public enum Data: ElementKind { public static var name: StaticString { "data" } }
    public enum Time: ElementKind { public static var name: StaticString { "time" } }
    public enum BlockQuote: ElementKind { public static var name: StaticString { "blockquote" } }
    public enum BR: ElementKind { public static var name: StaticString { "br" } }
    public enum UL: ElementKind { public static var name: StaticString { "ul" } }
    public enum OL: ElementKind { public static var name: StaticString { "ol" } }
    public enum LI: ElementKind { public static var name: StaticString { "li" } }
    public enum DL: ElementKind { public static var name: StaticString { "dl" } }
    public enum DT: ElementKind { public static var name: StaticString { "dt" } }
    public enum DD: ElementKind { public static var name: StaticString { "dd" } }
}
