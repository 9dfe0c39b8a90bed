import System
import Testing

/// Keeps the folders, their signs and the pages about them in order.
@Suite struct HouseTests {
    static let topLevel = [
        "Package.swift", "README.md", "Sources", "Tests", "dashboards", "events", "ops", "projections",
    ]

    @Test func theTopLevelIsExactlyWhatWasOrdered() throws {
        let entries = try Files.names(in: Checkout.root).filter { !$0.hasPrefix(".") }
        #expect(entries == Self.topLevel)
    }

    @Test(arguments: ["Sources", "Tests", "events", "projections", "dashboards", "ops"])
    func everyTopFolderSaysWhatLivesThere(folder: String) {
        #expect(Files.exists("\(Checkout.root)/\(folder)/README.md"))
    }

    @Test func theArchitecturePageNamesEveryTarget() throws {
        let page = try Files.readText("\(Checkout.root)/ops/architecture.md")
        for folder in try Files.names(in: "\(Checkout.root)/Sources")
        where Files.isFolder("\(Checkout.root)/Sources/\(folder)") {
            #expect(page.contains("`\(folder)`"), "ops/architecture.md does not say what \(folder) is for")
        }
    }

    @Test func everyLinkBetweenPagesLeadsSomewhere() throws {
        let pages = try ["Sources", "Tests", "events", "projections", "dashboards", "ops"].flatMap {
            try Checkout.files(in: $0, ending: ".md")
        }
        for page in try pages + [Checkout.file("README.md")] {
            let text = page.lines.joined(separator: "\n")
            for link in text.matches(of: /\]\(([^)#:\s]+)(?:#[^)]*)?\)/).map(\.output.1) {
                let base = link.hasPrefix("/") ? "" : Files.folder(of: "/" + page.path) + "/"
                #expect(Files.exists(Checkout.root + base + link), "\(page.path) links to \(link)")
            }
        }
    }

    @Test func migrationsAreNumberedWithoutAGapAndSayWhatTheyAreFor() throws {
        let migrations = try Checkout.files(in: "projections/migrations", ending: ".sql")
        #expect(!migrations.isEmpty)
        for (index, migration) in migrations.enumerated() {
            let name = migration.path.split(separator: "/").last ?? ""
            #expect(Int(name.prefix(4)) == index + 1, "\(migration.path)")
            #expect(migration.lines.first?.hasPrefix("-- ") == true, "\(migration.path) begins with no purpose")
        }
    }
}
