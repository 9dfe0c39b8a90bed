// What people fill in and press. Each name is the tag, capitalised; two and three letter tags are all capitals.

public typealias Form = Element<Kinds.Form>
public typealias FieldSet = Element<Kinds.FieldSet>
public typealias Legend = Element<Kinds.Legend>
public typealias Label = Element<Kinds.Label>
public typealias Input = VoidElement<Kinds.Input>
public typealias Button = Element<Kinds.Button>
public typealias Select = Element<Kinds.Select>
public typealias Option = Element<Kinds.Option>
public typealias OptGroup = Element<Kinds.OptGroup>
public typealias TextArea = Element<Kinds.TextArea>
public typealias DataList = Element<Kinds.DataList>
public typealias Output = Element<Kinds.Output>
public typealias Progress = Element<Kinds.Progress>
public typealias Meter = Element<Kinds.Meter>

extension Kinds {
    public enum Form: ElementKind { public static var name: StaticString { "form" } }
    public enum FieldSet: ElementKind { public static var name: StaticString { "fieldset" } }
    public enum Legend: ElementKind { public static var name: StaticString { "legend" } }
    public enum Label: ElementKind { public static var name: StaticString { "label" } }
    public enum Input: ElementKind { public static var name: StaticString { "input" } }
    public enum Button: ElementKind { public static var name: StaticString { "button" } }
    public enum Select: ElementKind { public static var name: StaticString { "select" } }
    public enum Option: ElementKind { public static var name: StaticString { "option" } }
    public enum OptGroup: ElementKind { public static var name: StaticString { "optgroup" } }
    public enum TextArea: ElementKind {
        public static var name: StaticString { "textarea" }
        public static var dropsFirstLineBreak: Bool { true }
    }
    public enum DataList: ElementKind { public static var name: StaticString { "datalist" } }
    public enum Output: ElementKind { public static var name: StaticString { "output" } }
    public enum Progress: ElementKind { public static var name: StaticString { "progress" } }
    public enum Meter: ElementKind { public static var name: StaticString { "meter" } }
}
