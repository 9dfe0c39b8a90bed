import Catalogue
import Testing

@Suite struct LoadingTests {
    @Test func anEmptyCatalogueIsOne() throws {
        let catalogue = try Catalogue(documents: [])
        #expect(catalogue.types.isEmpty)
    }
}
