/// Rows in aligned columns, under a header.
struct Table {
    struct Column {
        var title: String
        /// Numbers stand to the right.
        var isNumber = false

        static func text(_ title: String) -> Column { Column(title: title) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: [String]) { rows.append(cells.map(\.printable)) }

    /// The lines of the table; the last column is cut where the terminal ends.
    func lines(width: Int?) -> [String] {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { column in
            ([titles] + rows).map { $0[column].displayWidth }.max() ?? 0
        }
        return ([titles] + rows).map { row in
            var line = ""
            for (place, cell) in row.enumerated() {
                let isLast = place + 1 == row.count
                if place > 0 { line += "  " }
                let space = String(repeating: " ", count: max(0, widths[place] - cell.displayWidth))
                if columns[place].isNumber {
                    line += space + cell
                } else if isLast {
                    let left = width.map { $0 - line.displayWidth }
                    line += left.map { $0 > 8 ? cell.cut(to: $0) : cell } ?? cell
                } else {
                    line += cell + space
                }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Writes the table to standard output.
    func show() {
        for line in lines(width: Output.width) { Output.line(line) }
    }
}
