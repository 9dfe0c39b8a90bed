import Entities
import JSON
import Postgres
import TestStudio
import TestSupport
import Testing

/// What a search looks for does not grow with the log.
@Suite struct SearchQueryTests {
    /// 20,000 words that are like the one typed took more than a second, 66,000 were more than a tsquery holds.
    @Test func onlyTheWordsMostAlikeAreLookedFor() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            try await scribe.create("character", ["name": "Photographer"])
            try await scribe.create("character", ["name": "Photogaph"])
            let evil = """
                INSERT INTO live.words SELECT 'photograp' || lpad(to_hex(n), 5, '0'), 2 FROM generate_series(1, 66000) AS n
                """
            _ = try await studio.pool.query("evil_words", SQL(unsafeSQL: evil))
            let nodes = try await studio.pool.query(
                "search_nodes", "SELECT numnode(log.search_query(\(["photograph"]), \(Int64.max)))"
            ).only(Int32.self)
            // The word, fifty others, and an operator between each two.
            #expect(nodes == 101)
            var query = ListQuery()
            let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
            for (search, count) in [("photograph", 2), ("photograp00001", 0), ("fotogaph", 1)] {
                query.search = search
                #expect(try await reader.list(query).total == count, "\(search)")
            }
        }
    }

    @Test func soManyTypedWordsCountAndNoMore() async throws {
        try await Studio.with { studio in
            let typed = (0..<1_000).map { "typed\($0)" }
            let nodes = try await studio.pool.query(
                "search_nodes", "SELECT numnode(log.search_query(\(typed), \(Int64.max)))"
            ).only(Int32.self)
            #expect(nodes == 31)
        }
    }

    /// The same words in another order of the table, as a rebuild may leave them, are the same question.
    @Test func wordsThatAreEquallyAlikeAreChosenByName() async throws {
        try await Studio.with { studio in
            var seen: Set<String> = []
            for order in ["n", "-n"] {
                let fill = """
                    TRUNCATE live.words;
                    INSERT INTO live.words SELECT 'photograp' || lpad(n::text, 3, '0'), 1 FROM generate_series(1, 200) AS n
                        ORDER BY \(order)
                    """
                try await studio.pool.withConnection { try $0.runScript("words", unsafeSQL: fill) }
                seen.insert(
                    try await studio.pool.query(
                        "search_text", "SELECT log.search_query(\(["photograph"]), \(Int64.max))::text"
                    ).only(String.self))
            }
            #expect(seen.count == 1)
            #expect(seen.first?.split(separator: "|").count == 51)
        }
    }

    @Test(arguments: ["a'b", "a\\b", "'", "\\", "a:*", "a | b", "''' & '", "!x", "(", "é"])
    func noWordIsTakenForAnOperator(_ word: String) async throws {
        try await Studio.with { studio in
            let nodes = try await studio.pool.query(
                "search_nodes", "SELECT numnode(log.search_query(\([word]), \(Int64.max)))"
            ).only(Int32.self)
            #expect(nodes == 1)
        }
    }
}
