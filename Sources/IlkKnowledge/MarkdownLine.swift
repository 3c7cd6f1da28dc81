/// One line of Markdown, and what it may begin.
struct MarkdownLine {
    let scalars: [Unicode.Scalar]
    /// The line without its end.
    let range: Range<Int>
    /// Where its first sign stands; the end of the line if it is blank.
    let first: Int
    /// Columns before its first sign; a tab goes to the next multiple of four.
    let indent: Int

    init(_ scalars: [Unicode.Scalar], _ range: Range<Int>) {
        self.scalars = scalars
        self.range = range
        var (first, indent) = (range.lowerBound, 0)
        while first < range.upperBound, scalars[first].isBlank {
            indent += scalars[first] == "\t" ? 4 - indent % 4 : 1
            first += 1
        }
        self.first = first
        self.indent = indent
    }

    var isBlank: Bool { first == range.upperBound }

    /// How often a sign is repeated from a position on.
    func run(of sign: Unicode.Scalar, at position: Int) -> Int {
        var end = position
        while end < range.upperBound, scalars[end] == sign { end += 1 }
        return end - position
    }

    /// The sign at a position, nil at the line's end.
    func sign(at position: Int) -> Unicode.Scalar? { position < range.upperBound ? scalars[position] : nil }

    /// A heading's level, if the line is one with `#` before it.
    var headingLevel: Int? {
        let level = run(of: "#", at: first)
        guard indent < 4, (1...6).contains(level) else { return nil }
        return sign(at: first + level)?.isBlank ?? true ? level : nil
    }

    /// The level of the heading that a line of `=` or `-` makes of the paragraph above it.
    var underlineLevel: Int? {
        guard indent < 4, let sign = sign(at: first), sign == "=" || sign == "-" else { return nil }
        let end = first + run(of: sign, at: first)
        guard scalars.trimmed(end..<range.upperBound) == nil else { return nil }
        return sign == "=" ? 1 : 2
    }

    /// A line across the page.
    var isRule: Bool {
        guard indent < 4, let mark = sign(at: first), mark == "-" || mark == "*" || mark == "_" else { return false }
        var count = 0
        for position in first..<range.upperBound {
            if scalars[position] == mark { count += 1 } else if !scalars[position].isBlank { return false }
        }
        return count >= 3
    }

    /// The sign and length of a code fence that opens at a position.
    func fence(at position: Int) -> (sign: Unicode.Scalar, length: Int)? {
        guard let sign = sign(at: position), sign == "`" || sign == "~" else { return nil }
        let length = run(of: sign, at: position)
        guard length >= 3 else { return nil }
        // Three backquotes with another behind them are code within a line.
        if sign == "`", scalars[(position + length)..<range.upperBound].contains("`") { return nil }
        return (sign, length)
    }

    /// Whether the line ends a fenced block.
    func closes(_ fence: (sign: Unicode.Scalar, length: Int)) -> Bool {
        let length = run(of: fence.sign, at: first)
        return length >= fence.length && scalars.trimmed((first + length)..<range.upperBound) == nil
    }

    var isQuote: Bool { indent < 4 && sign(at: first) == ">" }

    /// Where the words of a list item begin, if the line opens one.
    var itemContent: Int? {
        guard let mark = sign(at: first) else { return nil }
        var end = first
        if mark == "-" || mark == "*" || mark == "+" || mark == "•" {
            end += 1
        } else {
            while end < range.upperBound, scalars[end].isDigit, end - first < 9 { end += 1 }
            guard end > first, let close = sign(at: end), close == "." || close == ")" else { return nil }
            end += 1
        }
        guard let after = sign(at: end) else { return end }
        guard after.isBlank else { return nil }
        while end < range.upperBound, scalars[end].isBlank { end += 1 }
        return end
    }

    /// Whether an item may begin in the middle of a paragraph.
    ///
    /// A number does so only as 1, as in CommonMark: a sentence may well be wrapped before "1986. A great year".
    var interruptsAsItem: Bool {
        guard let content = itemContent, content < range.upperBound else { return false }
        guard scalars[first].isDigit else { return true }
        return scalars[first] == "1" && sign(at: first + 1)?.isDigit == false
    }

    /// The second line of a table: `| --- | :-: |`.
    var isTableDelimiter: Bool {
        var (dashes, bars) = (false, false)
        for position in first..<range.upperBound {
            switch scalars[position] {
            case "-": dashes = true
            case "|": bars = true
            case ":": break
            default: guard scalars[position].isBlank else { return false }
            }
        }
        return dashes && bars
    }

    var hasBar: Bool { scalars[range].contains("|") }
}
