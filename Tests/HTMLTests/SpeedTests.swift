import HTML
import Testing

@Suite(.serialized) struct SpeedTests {
    private let cells = (0..<1_000).map { row in (0..<5).map { column in "value \(column) of \(row)" } }

    private func table() -> [UInt8] {
        Page(title: "Entities") {
            Table {
                TBody {
                    for row in cells {
                        TR { for cell in row { TD(cell) } }
                    }
                }
            }
        }.render()
    }

    @Test func aThousandRowsAreComplete() {
        let html = String(decoding: table(), as: UTF8.self)
        #expect(html.split(separator: "<tr>").count == 1_001)
        #expect(html.contains(#"<td>value 4 of 999</td></tr></tbody>"#))
    }

    #if !DEBUG
        @Test func aThousandRowsTakeLessThanTwoMilliseconds() {
            let clock = ContinuousClock()
            let best = (0..<50).map { _ in clock.measure { _ = table() } }.min() ?? .seconds(1)
            #expect(best < .milliseconds(2))
        }
    #endif
}
