internal import JSON

/// A column of a table: a name for machines, a title for people.
public struct Column: Sendable, ExpressibleByStringLiteral {
    /// The member of each JSON object.
    public let key: String
    public let title: String
    /// Whether people can do without it: a terminal that is too narrow for all columns leaves such ones out, the last first.
    public let isDetail: Bool

    /// - Parameters:
    ///   - title: default made of the key, as for a literal.
    ///   - isDetail: default false.
    public init(_ key: String, title: String? = nil, isDetail: Bool = false) {
        let words = key.replacing("_", with: " ")
        self.key = key
        self.title = title ?? words.prefix(1).uppercased() + words.dropFirst()
        self.isDetail = isDetail
    }

    /// Makes the title of the key: `made_at` becomes `Made at`.
    public init(stringLiteral key: String) { self.init(key) }
}

extension Output {
    /// Prints rows beneath a heading; machines get one object a row. On a terminal that is too narrow, details are left out
    /// and then texts are cut; numbers, times and identifiers never are.
    ///
    /// - Parameter empty: what people read when there are no rows.
    public func table(_ columns: [Column], _ rows: [[Cell]], empty: String = "Nothing to show.") {
        precondition(rows.allSatisfy { $0.count == columns.count }, "every row has a cell for each column")
        if isJSON {
            for row in rows {
                writeJSON { $0.object { for (column, cell) in zip(columns, row) { $0.field(column.key, cell) } } }
            }
        } else if rows.isEmpty {
            note(empty)
        } else {
            write(Table(columns, rows, style: style, width: tableWidth).text)
        }
    }

    /// Prints names and their values beneath each other; machines get one object.
    public func fields(_ fields: KeyValuePairs<Column, Cell>) {
        if isJSON {
            writeJSON { $0.object { for (column, cell) in fields { $0.field(column.key, cell) } } }
            return
        }
        let nameWidth = fields.map { DisplayText.width($0.key.title) }.max() ?? 0
        let valueWidth = max(20, (tableWidth ?? Int.max) - nameWidth - 2)
        var text = ""
        for (column, cell) in fields {
            let lines = tableWidth == nil ? [cell.shown] : DisplayText.wrap(cell.shown, width: valueWidth)
            for (index, line) in lines.enumerated() {
                let name = DisplayText.pad(index == 0 ? column.title : "", to: nameWidth)
                text += "\(style.dim(name))  \(cell.coloured(line, style))\n"
            }
        }
        write(text)
    }
}

/// A table laid out for people. Pure.
struct Table {
    let columns: [Column]
    let rows: [[Cell]]
    let style: Style
    /// The columns of the terminal; `nil` where lines may be as long as they like.
    let width: Int?

    private static let gap = 2
    /// Narrower than this, a cut cell says nothing any more.
    private static let columnWidthMin = 8

    init(_ columns: [Column], _ rows: [[Cell]], style: Style, width: Int?) {
        self.style = style
        self.width = width
        let room = width ?? .max
        var kept = Array(columns.indices)
        func needed(_ index: Int) -> Int {
            let isText = rows.contains { $0[index].mayBeCut }
            let whole = rows.map { DisplayText.width($0[index].shown) }.max() ?? 0
            return max(DisplayText.width(columns[index].title), isText ? min(whole, Self.columnWidthMin) : whole)
        }
        while kept.reduce(-Self.gap, { $0 + needed($1) + Self.gap }) > room,
            let detail = kept.lastIndex(where: { columns[$0].isDetail })
        {
            kept.remove(at: detail)
        }
        self.columns = kept.map { columns[$0] }
        self.rows = rows.map { row in kept.map { row[$0] } }
    }

    var text: String {
        let shown = rows.map { $0.map(\.shown) }
        let widths = fitted(
            columns.indices.map { index in
                shown.map { DisplayText.width($0[index]) }.max().map {
                    max($0, DisplayText.width(columns[index].title))
                } ?? 0
            })
        let mark = style.hasUnicode ? "…" : "~"
        func line(_ cells: [String], _ decorate: (Int, String) -> String) -> String {
            let parts = cells.indices.map { index in
                let text = DisplayText.truncate(cells[index], width: widths[index], mark: mark)
                let isLast = index == cells.count - 1 && side(of: index) == .left
                return decorate(index, isLast ? text : DisplayText.pad(text, to: widths[index], side(of: index)))
            }
            return parts.joined(separator: String(repeating: " ", count: Self.gap)) + "\n"
        }
        let heading = line(columns.map(\.title)) { style.bold($1) }
        return heading
            + zip(rows, shown).map { row, texts in line(texts) { row[$0].coloured($1, style) } }.joined()
    }

    /// A column is as its first cell that says something.
    private func side(of column: Int) -> DisplayText.Side {
        rows.lazy.map { $0[column] }.first { $0 != .nothing }?.side ?? .left
    }

    /// Takes from the widest column of texts, again and again, until the line fits.
    private func fitted(_ widths: [Int]) -> [Int] {
        guard let width else { return widths }
        var widths = widths
        let room = width - Self.gap * (widths.count - 1)
        let texts = columns.indices.filter { index in rows.contains { $0[index].mayBeCut } }
        while widths.reduce(0, +) > room, let index = texts.reversed().max(by: { widths[$0] < widths[$1] }),
            widths[index] > Self.columnWidthMin
        {
            widths[index] -= 1
        }
        return widths
    }
}
