import TestSupport
import Testing

@testable import Postgres

/// Where to connect, as people mistype it. libpq repeats what it could not read, and takes much for a host or a port that
/// was meant as a part of the password.
@Suite struct AddressTests {
    @Test(arguments: [
        "host=/run/postgresql dbname=lifeos", "postgresql:///lifeos?host=/run/postgresql", "postgres://db", "",
        "postgres://me:p%40ss%2Fword@db:5432/lifeos?sslmode=require", "postgres://me:s#c?r:t@[::1]:5432/lifeos",
        "host=a,b port=5432,5433", "host=db password='a b@c'", "postgres://me:x@a:1,b:2/lifeos", "dbname=a@b",
    ])
    func anAddressThatIsRightIsTaken(_ address: String) throws {
        try ConnectionConfiguration(connection: address).validate()
    }

    @Test(arguments: [
        ("postgres//db", "does not begin with postgresql://"), ("host=db sslmod=off", "a keyword"),
        ("postgres://db?sslmod=off", "a parameter"), ("postgres://db?x", "has no ="),
        ("postgres://db?a=b=c", "than one"),
        ("postgres://[::1", "no closing ]"), ("postgres://[]", "empty"), ("postgres://[::1]x", "follows"),
        ("postgres://a%zz@db", "%25"), ("postgres://a%00@db", "zero byte"), ("password='x", "quotation mark"),
        ("postgres://me:a/b@db", "port"), ("postgres://me:1/b@db", "an @"), ("postgres://me:a@b@db", "an @"),
        ("postgres://me:1/a?user=b@db", "an @"), ("host=me:a@db", "an @"), ("port=0", "port"), ("port=70000", "port"),
    ])
    func aMistakeIsSaidInWords(_ address: String, _ words: String) {
        let error = #expect(throws: PostgresError.self) { try ConnectionConfiguration(connection: address).validate() }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        #expect(error?.hint?.contains("%40") == true)
    }

    @Test func noPartOfAPasswordIsShownHoweverItIsMistyped() throws {
        var random = SeededRandom.forTest()
        // Capitals, and few digits: no part of a password then stands in what is said by itself.
        let letters = Array("BCDFGHJKLMNPQRSTVWXYZ789") + Array("@@//::??##%%&=+!$'\"\\ []()<>;,.-_~")
        let forms: [(String) -> String] = [
            { "postgres://me:\($0)@db.example/lifeos" }, { "postgresql://me:\($0)@db.example:5432/lifeos?sslmode=off" },
            { "postgress://me:\($0)@db.example/lifeos" }, { "postgres//me:\($0)@db.example/lifeos" },
            { "postgres:/me:\($0)@db.example/lifeos" }, { "me:\($0)@db.example/lifeos" },
            { "host=db.example password=\($0) user=me" }, { "host=db.example password='\($0)' user=me" },
            { "postgres://me:12/\($0)@db.example/lifeos" }, { "postgres://me:12/x?user=\($0)@db.example/lifeos" },
        ]
        for _ in 0..<Effort.rounds(2_000) {
            let count = Int.random(in: 8...20, using: &random)
            let password = String((0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
            let address = forms[Int.random(in: 0..<forms.count, using: &random)](password)
            let shown: String
            do throws(PostgresError) {
                // libpq shows any of these when it does not find or get what they say.
                let known = try ConnectionConfiguration(connection: address).parsed()
                shown = known.filter { $0.keyword != "password" }.map { $0.value }.joined(separator: "\n")
            } catch {
                shown = "\(error)"
            }
            let parts = (0...(password.count - 4)).map { password.dropFirst($0).prefix(4) }
            for part in parts where shown.contains(part) { Issue.record("\(address): \(shown) shows \(part)") }
        }
    }
}
