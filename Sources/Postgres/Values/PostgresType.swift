/// A type of the server, by its object identifier; those of the built-in types never change.
public struct PostgresType: Hashable, Sendable {
    public let identifier: UInt32

    public init(identifier: UInt32) { self.identifier = identifier }
    private init(_ identifier: UInt32) { self.identifier = identifier }

    /// Not told, as in COPY: the decoder trusts the caller and the length.
    public static let unknown = Self(0)
    public static let bool = Self(16)
    public static let bytea = Self(17)
    public static let name = Self(19)
    public static let int8 = Self(20)
    public static let int2 = Self(21)
    public static let int4 = Self(23)
    public static let text = Self(25)
    public static let oid = Self(26)
    public static let json = Self(114)
    public static let float4 = Self(700)
    public static let float8 = Self(701)
    public static let untyped = Self(705)
    public static let bpchar = Self(1042)
    public static let varchar = Self(1043)
    public static let timestamptz = Self(1184)
    public static let numeric = Self(1700)
    public static let uuid = Self(2950)
    public static let tsvector = Self(3614)
    public static let jsonb = Self(3802)

    public static let boolArray = Self(1000)
    public static let byteaArray = Self(1001)
    public static let int2Array = Self(1005)
    public static let int4Array = Self(1007)
    public static let textArray = Self(1009)
    public static let int8Array = Self(1016)
    public static let float4Array = Self(1021)
    public static let float8Array = Self(1022)
    public static let timestamptzArray = Self(1185)
    public static let numericArray = Self(1231)
    public static let uuidArray = Self(2951)
    public static let jsonArray = Self(199)
    public static let jsonbArray = Self(3807)
    public static let tsvectorArray = Self(3643)

    /// Enums, domains and extension types such as `citext` get identifiers from here on.
    var isUserDefined: Bool { identifier >= 16_384 }
}
