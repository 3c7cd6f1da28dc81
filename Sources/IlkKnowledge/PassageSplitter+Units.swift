/// A document as units and sections, ready to be packed.
struct PassageOutline {
    var units: [PassageUnit] = []
    var sections: [PassageSection] = []
}

extension PassageSplitter {
    func outline(of document: DocumentText) -> PassageOutline {
        var builder = OutlineBuilder(splitter: self, scalars: document.scalars)
        for block in document.blocks { builder.append(block) }
        return builder.outline
    }
}

/// Makes units of blocks.
private struct OutlineBuilder {
    let splitter: PassageSplitter
    let scalars: [Unicode.Scalar]
    var outline = PassageOutline()
    /// The open headings, outermost first; levels ascend.
    private var headings: [(level: Int, title: String)] = []

    init(splitter: PassageSplitter, scalars: [Unicode.Scalar]) {
        self.splitter = splitter
        self.scalars = scalars
    }

    mutating func append(_ block: DocumentText.Block) {
        var border = PassageUnit.Border.block
        if case .heading(let level) = block.kind {
            openSection(level: level, title: block.title)
            border = .section
        } else if outline.sections.isEmpty {
            outline.sections.append(PassageSection(path: [], level: 0, units: 0..<0))
        } else if outline.units.last?.isHeading == true {
            border = .glued
        } else if block.kind == .item, lastKind == .item {
            border = .item
        }
        lastKind = block.kind
        switch block.kind {
        case .heading: appendWhole(block.range, border: border, isHeading: true)
        case .code, .table: appendWhole(block.range, border: border)
        case .paragraph, .item, .quote: appendSentences(block.range, border: border)
        }
    }

    private var lastKind: DocumentText.Block.Kind?

    private mutating func openSection(level: Int, title: String) {
        while let last = headings.last, last.level >= level { headings.removeLast() }
        let words = title.unicodeScalars.prefix(PassageSplitter.titleLimit)
        headings.append((level, String(words)))
        let start = outline.units.count
        outline.sections.append(
            PassageSection(path: headings.map(\.title).filter { !$0.isEmpty }, level: level, units: start..<start))
    }

    private mutating func add(
        _ range: Range<Int>, tokens: Int, border: PassageUnit.Border, isProse: Bool, isHeading: Bool = false
    ) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in scalars[range] { hash = (hash ^ UInt64(scalar.value)) &* 0x100_0000_01B3 }
        let section = outline.sections.count - 1
        outline.units.append(
            PassageUnit(
                range: range, tokens: tokens, border: border, isProse: isProse, isHeading: isHeading,
                hash: hash ^ hash >> 29, section: section))
        outline.sections[section].units = outline.sections[section].units.lowerBound..<outline.units.count
        outline.sections[section].tokens += tokens
        if !isHeading { outline.sections[section].hasBody = true }
    }

    /// Adds a range as one unit if it fits; else its lines, as many together as fit, and parts of lines that do not.
    private mutating func appendWhole(_ range: Range<Int>, border: PassageUnit.Border, isHeading: Bool = false) {
        if let tokens = splitter.tokens(of: scalars, in: range) {
            return add(range, tokens: tokens, border: border, isProse: false, isHeading: isHeading)
        }
        var border = border
        for line in Array(scalars[range]).lines {
            let line = line.lowerBound + range.lowerBound..<line.upperBound + range.lowerBound
            guard let words = scalars.trimmed(line) else { continue }
            if let tokens = splitter.tokens(of: scalars, in: words) {
                add(words, tokens: tokens, border: border, isProse: false, isHeading: isHeading)
            } else {
                appendParts(words, border: border, isProse: false, isHeading: isHeading)
            }
            border = .line
        }
    }

    private mutating func appendSentences(_ range: Range<Int>, border: PassageUnit.Border) {
        var border = border
        for sentence in splitter.sentences(of: scalars, in: range) {
            guard let words = scalars.trimmed(sentence) else { continue }
            if let tokens = splitter.tokens(of: scalars, in: words) {
                add(words, tokens: tokens, border: border, isProse: true)
            } else {
                appendParts(words, border: border, isProse: true)
            }
            border = .sentence
        }
    }

    private mutating func appendParts(
        _ range: Range<Int>, border: PassageUnit.Border, isProse: Bool, isHeading: Bool = false
    ) {
        var border = border
        for part in splitter.parts(of: scalars, in: range) {
            add(part.range, tokens: part.tokens, border: border, isProse: isProse, isHeading: isHeading)
            border = .cut
        }
    }
}
