/// Finds the blocks of a Markdown text, line by line.
///
/// After CommonMark 0.31 and GitHub's tables, as far as passages need it: containers are not opened, so that a list in a
/// quote is a quote and an item in an item is an item. Nothing recurses, so nothing nests too deeply; each line is looked at
/// a few times, so time is linear in the text. Of its non-blank text only rules (`---`) and front matter are in no block.
struct MarkdownReader {
    typealias Block = DocumentText.Block

    private let scalars: [Unicode.Scalar]
    private let lines: [Range<Int>]
    private var next = 0
    /// Whether indented text continues an item rather than being code.
    private var inList = false
    private(set) var blocks: [Block] = []
    /// The front matter's title.
    private(set) var title: String?

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        lines = scalars.lines
    }

    mutating func read() {
        readFrontMatter()
        while next < lines.count { readBlock() }
    }

    private func line(_ number: Int) -> MarkdownLine { MarkdownLine(scalars, lines[number]) }

    /// Adds a block over some lines, unless they are blank.
    private mutating func add(_ kind: Block.Kind, from start: Int, upTo end: Int, at first: Int? = nil) {
        guard start < end else { return }
        let range = (first ?? lines[start].lowerBound)..<max(lines[end - 1].upperBound, first ?? 0)
        if let range = scalars.trimmed(range) { blocks.append(Block(kind: kind, range: range)) }
    }

    private mutating func readBlock() {
        let start = next
        let line = line(start)
        guard !line.isBlank else {
            next += 1
            return
        }
        if line.indent < 4 || inList, let fence = line.fence(at: line.first) {
            readFenced(fence, first: line.range.lowerBound)
        } else if let content = line.itemContent, line.indent < 4 || inList, !line.isRule {
            readItem(line, content: content)
        } else if line.indent >= 4, !inList {
            readIndentedCode()
        } else if let level = line.headingLevel {
            next += 1
            inList = false
            addHeading(level: level, line.range, words: headingWords(line, level: level))
        } else if line.isRule {
            next += 1
            inList = false
        } else if line.isQuote {
            inList = inList && line.indent > 0
            readQuote()
        } else if beginsTable(start) {
            readTable()
        } else {
            inList = inList && line.indent >= 2
            readParagraph()
        }
    }

    // MARK: Blocks

    private mutating func readFenced(_ fence: (sign: Unicode.Scalar, length: Int), first: Int) {
        let start = next
        next += 1
        while next < lines.count {
            next += 1
            if line(next - 1).closes(fence) { break }
        }
        add(.code, from: start, upTo: next, at: first)
    }

    private mutating func readIndentedCode() {
        let start = next
        var end = next
        while next < lines.count {
            let line = line(next)
            if !line.isBlank {
                if line.indent < 4 { break }
                end = next + 1
            }
            next += 1
        }
        next = end
        add(.code, from: start, upTo: end)
    }

    /// An item and the lines that go on with it; code that begins on its first line is a block of its own.
    private mutating func readItem(_ line: MarkdownLine, content: Int) {
        inList = true
        if let fence = line.fence(at: content) {
            readFenced(fence, first: line.range.lowerBound)
            return
        }
        let start = next
        next += 1
        while next < lines.count, continues(next, item: true) { next += 1 }
        add(.item, from: start, upTo: next)
    }

    private mutating func readQuote() {
        let start = next
        next += 1
        while next < lines.count, line(next).isQuote || continues(next, item: false) { next += 1 }
        add(.quote, from: start, upTo: next)
    }

    private func beginsTable(_ number: Int) -> Bool {
        number + 1 < lines.count && line(number + 1).isTableDelimiter && line(number).hasBar
    }

    private mutating func readTable() {
        let start = next
        next += 2
        while next < lines.count, line(next).hasBar { next += 1 }
        add(.table, from: start, upTo: next)
    }

    private mutating func readParagraph() {
        let start = next
        next += 1
        while next < lines.count {
            let line = line(next)
            if let level = line.underlineLevel {
                next += 1
                let words = lines[start].lowerBound..<lines[next - 2].upperBound
                addHeading(level: level, lines[start].lowerBound..<line.range.upperBound, words: words)
                return
            }
            guard continues(next, item: false) else { break }
            next += 1
        }
        add(inList ? .item : .paragraph, from: start, upTo: next)
    }

    /// Whether a line goes on with the paragraph, item or quote above it.
    private func continues(_ number: Int, item: Bool) -> Bool {
        let line = line(number)
        if line.isBlank || line.headingLevel != nil || line.isRule || line.isQuote { return false }
        if line.fence(at: line.first) != nil { return false }
        if item ? line.itemContent != nil : line.interruptsAsItem { return false }
        return !beginsTable(number)
    }

    // MARK: Headings and front matter

    private mutating func addHeading(level: Int, _ range: Range<Int>, words: Range<Int>) {
        guard let range = scalars.trimmed(range) else { return }
        blocks.append(Block(kind: .heading(level: level), range: range, title: scalars.withoutMarks(words)))
    }

    /// A heading's words: neither the `#` before them nor those behind.
    private func headingWords(_ line: MarkdownLine, level: Int) -> Range<Int> {
        let start = line.first + level
        guard let words = scalars.trimmed(start..<line.range.upperBound) else { return start..<start }
        var end = words.upperBound
        while end > words.lowerBound, scalars[end - 1] == "#" { end -= 1 }
        guard end < words.upperBound else { return words }
        guard end > words.lowerBound else { return start..<start }
        return scalars[end - 1].isBlank ? words.lowerBound..<end : words
    }

    /// Settings between two `---` at the very beginning, as static site generators have them: not text.
    private mutating func readFrontMatter() {
        guard let first = lines.first, isDashes(first) else { return }
        var found: String?
        for number in 1..<min(lines.count, 400) {
            if isDashes(lines[number]) {
                next = number + 1
                title = found
                return
            }
            guard found == nil, let words = scalars.trimmed(lines[number]) else { continue }
            let text = DocumentText.string(scalars[words])
            guard text.unicodeScalars.starts(with: "title:".unicodeScalars) else { continue }
            var value = text.unicodeScalars.dropFirst(6)
            while let sign = value.first, sign.isBlank || sign == "\"" || sign == "'" { value.removeFirst() }
            while let sign = value.last, sign.isBlank || sign == "\"" || sign == "'" { value.removeLast() }
            if !value.isEmpty { found = String(value) }
        }
    }

    private func isDashes(_ range: Range<Int>) -> Bool {
        guard let words = scalars.trimmed(range), words.count == 3 else { return false }
        return scalars[words].allSatisfy { $0 == "-" } && (scalars[range.lowerBound] == "-" || range.lowerBound == 0)
    }
}

extension [Unicode.Scalar] {
    /// A line of Markdown as it would be read aloud: without emphasis, backquotes, tags and the targets of links.
    func withoutMarks(_ range: Range<Int>) -> String {
        var words = String.UnicodeScalarView()
        var position = range.lowerBound
        func skip(to close: Unicode.Scalar) {
            if let end = self[position..<range.upperBound].firstIndex(of: close) { position = end + 1 }
        }
        while position < range.upperBound {
            let sign = self[position]
            let before = position > range.lowerBound ? self[position - 1] : " "
            position += 1
            let after = position < range.upperBound ? self[position] : " "
            switch sign {
            case "\\" where after.value < 0x80 && !after.isLetterOrDigit && !after.isBlank:
                words.append(after)
                position += 1
            case "*", "`", "[": break
            case "!" where after == "[": break
            case "_" where !(before.isLetterOrDigit && after.isLetterOrDigit): break
            case "]" where after == "(": skip(to: ")")
            case "]" where after == "[": skip(to: "]")
            case "]": break
            case "<" where after == "/" || ("a"..."z").contains(after): skip(to: ">")
            case _ where sign.isBlank:
                if words.last?.isBlank == false { words.append(" ") }
            default: words.append(sign)
            }
        }
        while words.last?.isBlank == true { words.removeLast() }
        return String(words)
    }
}
