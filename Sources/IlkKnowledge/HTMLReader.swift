import CMarkup
import IlkProtocol

/// Takes the text out of HTML, with libxml2's parser and the blocks that its elements mean.
///
/// Words are those that a reader sees: neither scripts nor navigation, entities decoded, white space collapsed but in
/// `<pre>`. A blank line stands between blocks, list items begin with `- ` or their number, a table's row is a line with ` | `
/// between cells. Nothing recurses.
final class HTMLReader {
    typealias Block = DocumentText.Block

    /// Elements inside one another; browsers stop at about as many.
    static let maximumDepth = 512

    private(set) var scalars: [Unicode.Scalar] = []
    private(set) var blocks: [Block] = []
    /// What `<title>` says.
    private(set) var title: String?

    private var skipped = 0
    private var preformatted = 0
    private var quotes = 0
    /// For each open list the number of its next item; 0 in lists without numbers.
    private var lists: [Int] = []
    private var items = 0
    private var heading: Int?
    /// For each open table whether it arranges a page rather than data: it has headings or tables inside.
    private var tables: [Bool] = []
    /// Cells begun in the row so far, and bars written between them: an empty cell leaves its bar.
    private var cells = (begun: 0, bars: 0)
    private var titleWords: [Unicode.Scalar]?
    /// Where the open block begins, and its kind.
    private var open: (start: Int, kind: Block.Kind)?
    /// A mark that the next word is to stand behind.
    private var mark = ""
    private var wantsSpace = false

    /// Reads a page; the results are in the properties.
    func read(_ source: String) throws(IlkError) {
        // What is no character in HTML would end the text there or be dropped with its neighbors.
        var source = Array(source.utf8)
        for index in source.indices where source[index] < 32 && !(9...13).contains(source[index]) {
            source[index] = 32
        }
        guard !Self.hasTooManyAttributes(source) else {
            throw IlkError(
                .invalidRequest,
                "an element of the HTML has more than \(Self.maximumAttributes) attributes; send the document as plain text"
            )
        }
        let status = unsafe parse(source)
        flush()
        switch status {
        case ilk_html_read: break
        case ilk_html_too_deep:
            throw IlkError(
                .invalidRequest,
                "the HTML nests more than \(Self.maximumDepth) elements; send it as plain text, or close its elements")
        case ilk_html_too_large: throw IlkError(.tooLarge, "the HTML has more than 1 GB; split the document")
        default: throw IlkError(.internal, "no memory to read the HTML; send fewer or smaller documents at once")
        }
    }

    @unsafe private func parse(_ source: [UInt8]) -> ilk_html_status {
        // SAFETY: the reader outlives the call, which hands the context back unchanged and on this thread only; text is
        // valid for the length of its callback and copied there.
        var receiver = unsafe ilk_html_receiver(
            context: Unmanaged.passUnretained(self).toOpaque(),
            start: { context, tag in
                unsafe Unmanaged<HTMLReader>.fromOpaque(context!).takeUnretainedValue().start(tag)
            },
            end: { context, tag in
                unsafe Unmanaged<HTMLReader>.fromOpaque(context!).takeUnretainedValue().end(tag)
            },
            text: { context, bytes, count in
                let text = unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
                unsafe Unmanaged<HTMLReader>.fromOpaque(context!).takeUnretainedValue().text(text)
            })
        return withExtendedLifetime(self) {
            unsafe source.withUnsafeBytes { source in
                unsafe ilk_html_parse(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self), source.count, Self.maximumDepth, &receiver)
            }
        }
    }

    // MARK: Elements

    private func start(_ tag: ilk_html_tag) {
        if skipped > 0 || tag == ilk_html_skipped {
            if tag == ilk_html_skipped { skipped += 1 }
            return
        }
        switch tag {
        case ilk_html_title: titleWords = []
        case ilk_html_line_break: breakLine()
        case ilk_html_rule: flush()
        case ilk_html_block: breakBlock()
        case ilk_html_list, ilk_html_ordered_list:
            breakBlock()
            lists.append(tag == ilk_html_ordered_list ? 1 : 0)
        case ilk_html_item:
            breakBlock()
            items += 1
            beginItem()
        case ilk_html_preformatted:
            breakBlock()
            preformatted += 1
        case ilk_html_quote:
            breakBlock()
            quotes += 1
        case ilk_html_table:
            startTable()
        case ilk_html_row: startRow()
        case ilk_html_cell: startCell()
        default:
            guard let level = level(tag) else { return }
            if !tables.isEmpty { becomeLayout() }
            flush()
            heading = level
        }
    }

    private func end(_ tag: ilk_html_tag) {
        if skipped > 0 {
            if tag == ilk_html_skipped { skipped -= 1 }
            return
        }
        switch tag {
        case ilk_html_title:
            title = title ?? titleWords.flatMap { $0.trimmed($0.indices) == nil ? nil : $0.withoutSpaces }
            titleWords = nil
        case ilk_html_block: breakBlock()
        case ilk_html_list, ilk_html_ordered_list:
            breakBlock()
            _ = lists.popLast()
        case ilk_html_item:
            breakBlock()
            mark = ""
            items -= 1
        case ilk_html_preformatted:
            breakBlock()
            preformatted -= 1
        case ilk_html_quote:
            breakBlock()
            quotes -= 1
        case ilk_html_table:
            endTable()
        case ilk_html_row, ilk_html_cell: if isInLayout { flush() }
        default:
            guard level(tag) != nil else { return }
            flush()
            heading = nil
        }
    }

    private func level(_ tag: ilk_html_tag) -> Int? {
        let level = Int(tag.rawValue) - Int(ilk_html_heading1.rawValue) + 1
        return (1...6).contains(level) ? level : nil
    }

    private func beginItem() {
        guard tables.isEmpty || isInLayout, preformatted == 0 else { return }
        if let number = lists.last, number > 0 {
            mark = "\(number). "
            lists[lists.count - 1] += 1
        } else {
            mark = "- "
        }
    }

    // MARK: Tables

    private var isInLayout: Bool { tables.last ?? false }

    private func startTable() {
        if !tables.isEmpty { becomeLayout() }
        flush()
        tables.append(false)
    }

    private func endTable() {
        flush()
        _ = tables.popLast()
    }

    /// The open tables arrange a page: what they hold is read as if they were not there.
    private func becomeLayout() {
        flush()
        for index in tables.indices { tables[index] = true }
    }

    private func startRow() {
        cells = (0, 0)
        if isInLayout {
            flush()
        } else if open?.kind == .table {
            trimEnd()
            scalars.append("\n")
            wantsSpace = false
        }
    }

    private func startCell() {
        if isInLayout { flush() } else { cells.begun += 1 }
    }

    private func writeBars() {
        if scalars.last?.isLineEnd == false { trimEnd() }
        while cells.bars < cells.begun - 1 {
            scalars.append(contentsOf: (scalars.last?.isLineEnd == false ? " | " : "| ").unicodeScalars)
            cells.bars += 1
        }
        wantsSpace = false
    }

    // MARK: Text

    private var kind: Block.Kind {
        if let heading { return .heading(level: heading) }
        if !tables.isEmpty, !isInLayout { return .table }
        if preformatted > 0 { return .code }
        if quotes > 0 { return .quote }
        return items > 0 ? .item : .paragraph
    }

    private func text(_ text: String) {
        guard skipped == 0 else { return }
        if titleWords != nil {
            titleWords?.append(contentsOf: text.unicodeScalars)
        } else {
            append(text)
        }
    }

    private func append(_ text: String) {
        let isVerbatim = preformatted > 0 && (tables.isEmpty || isInLayout)
        for scalar in text.unicodeScalars {
            if isVerbatim, open != nil || !scalar.isLineEnd {
                beginBlock()
                if scalar != "\r" { scalars.append(scalar) }
            } else if scalar.isBlank, scalar != "\u{3000}" {
                wantsSpace = true
            } else {
                beginBlock()
                if open?.kind == .table, cells.bars < cells.begun - 1 { writeBars() }
                if wantsSpace, let last = scalars.last, !last.isBlank { scalars.append(" ") }
                wantsSpace = false
                scalars.append(scalar)
            }
        }
    }

    private func breakLine() {
        guard open != nil, heading == nil, tables.isEmpty || isInLayout else {
            wantsSpace = true
            return
        }
        scalars.append("\n")
        wantsSpace = false
    }

    private func beginBlock() {
        guard open == nil else { return }
        if let last = blocks.last {
            let isClose = last.kind == .item && !mark.isEmpty
            scalars.append(contentsOf: (isClose ? "\n" : "\n\n").unicodeScalars)
        }
        open = (scalars.count, kind)
        scalars.append(contentsOf: mark.unicodeScalars)
        mark = ""
        wantsSpace = false
    }

    /// Ends the open block, but in a table of data, where it is a space.
    private func breakBlock() {
        if !tables.isEmpty, !isInLayout { wantsSpace = true } else { flush() }
    }

    private func trimEnd() {
        while let last = scalars.last, last.isBlank { scalars.removeLast() }
    }

    private func flush() {
        wantsSpace = false
        guard let (start, kind) = open else { return }
        open = nil
        trimEnd()
        guard let range = start < scalars.count ? scalars.trimmed(start..<scalars.count) : nil else { return }
        var title = ""
        if case .heading = kind { title = DocumentText.string(scalars[range]) }
        blocks.append(Block(kind: kind, range: range, title: title))
    }
}

extension [Unicode.Scalar] {
    /// As a string, with one space wherever there is white space.
    fileprivate var withoutSpaces: String {
        var words = String.UnicodeScalarView()
        for scalar in self {
            if !scalar.isBlank { words.append(scalar) } else if words.last?.isBlank == false { words.append(" ") }
        }
        if words.last?.isBlank == true { words.removeLast() }
        return String(words)
    }
}
