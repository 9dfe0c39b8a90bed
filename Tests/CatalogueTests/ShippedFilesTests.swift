import Catalogue
import System
import Testing

@Suite struct ShippedFilesTests {
    static let folder = Files.folder(of: Files.folder(of: Files.folder(of: #filePath))) + "/events"

    @Test func theShippedFilesLoad() throws {
        let catalogue = try Catalogue.load(from: [Self.folder])
        #expect(catalogue[type: "tag"]?.uniqueBy == "name")
        #expect(catalogue.type(collection: "operations")?.isSystem == true)
        #expect(catalogue.event("operation.started")?.effect == .create)
    }
}
