// The outline of a page. Each name is the tag, capitalised; two and three letter tags are all capitals.

public typealias Main = Element<Kinds.Main>
public typealias Header = Element<Kinds.Header>
public typealias Footer = Element<Kinds.Footer>
public typealias Nav = Element<Kinds.Nav>
public typealias Section = Element<Kinds.Section>
public typealias Article = Element<Kinds.Article>
public typealias Aside = Element<Kinds.Aside>
public typealias Search = Element<Kinds.Search>
public typealias Address = Element<Kinds.Address>
public typealias HGroup = Element<Kinds.HGroup>
public typealias H1 = Element<Kinds.H1>
public typealias H2 = Element<Kinds.H2>
public typealias H3 = Element<Kinds.H3>
public typealias H4 = Element<Kinds.H4>
public typealias H5 = Element<Kinds.H5>
public typealias H6 = Element<Kinds.H6>
public typealias Div = Element<Kinds.Div>
public typealias HR = VoidElement<Kinds.HR>

extension Kinds {
    public enum Main: ElementKind { public static var name: StaticString { "main" } }
    public enum Header: ElementKind { public static var name: StaticString { "header" } }
    public enum Footer: ElementKind { public static var name: StaticString { "footer" } }
    public enum Nav: ElementKind { public static var name: StaticString { "nav" } }
    public enum Section: ElementKind { public static var name: StaticString { "section" } }
    public enum Article: ElementKind { public static var name: StaticString { "article" } }
    public enum Aside: ElementKind { public static var name: StaticString { "aside" } }
    public enum Search: ElementKind { public static var name: StaticString { "search" } }
    public enum Address: ElementKind { public static var name: StaticString { "address" } }
    public enum HGroup: ElementKind { public static var name: StaticString { "hgroup" } }
    public enum H1: ElementKind { public static var name: StaticString { "h1" } }
    public enum H2: ElementKind { public static var name: StaticString { "h2" } }
    public enum H3: ElementKind { public static var name: StaticString { "h3" } }
    public enum H4: ElementKind { public static var name: StaticString { "h4" } }
    public enum H5: ElementKind { public static var name: StaticString { "h5" } }
    public enum H6: ElementKind { public static var name: StaticString { "h6" } }
    public enum Div: ElementKind { public static var name: StaticString { "div" } }
    public enum HR: ElementKind { public static var name: StaticString { "hr" } }
}
