/// Splits documents into passages.
///
/// A passage ends at the strongest border near its target: a heading, a block, an item, a row, a sentence, in this
/// order. Among equal borders the text beside them chooses, by a hash, not the distance from the passage's start: so
/// after an edit borders fall back into step within a few passages, and what stands after them need not be embedded
/// again (content-defined chunking, as in Muthitacharoen, Chen & Mazières, "A Low-Bandwidth Network File System", 2001).
/// Sections are packed one by one, but for tiny ones, so an edit changes no passage of a distant section.
///
/// The same document gives the same passages. Every non-blank scalar of every block is in a passage.
package struct PassageSplitter: Sendable {
    package let parameters: PassageParameters
    /// Tokens of a text, as the model counts them: without prompt and special pieces.
    let count: @Sendable (String) -> Int

    /// The scalars of a heading that passages below it carry.
    static let titleLimit = 200

    /// A splitter by the tokens of one model.
    package init(_ parameters: PassageParameters, counting count: @escaping @Sendable (String) -> Int) {
        self.parameters = parameters
        self.count = count
    }

    /// The document's passages, in the order of its text; none if it is blank.
    package func passages(of document: DocumentText) -> [Passage] {
        let outline = outline(of: document)
        var passages: [Passage] = []
        for group in groups(of: outline) { pack(group, of: outline, document, into: &passages) }
        return passages
    }

    // MARK: Sections

    /// Runs of sections that share passages: most are one section, as a tiny one joins what follows it, or what is before.
    private func groups(of outline: PassageOutline) -> [Range<Int>] {
        struct Group {
            var sections: Range<Int>
            var level: Int
            var tokens: Int
            var hasBody: Bool
        }
        var groups: [Group] = []
        for (number, section) in outline.sections.enumerated() where !section.units.isEmpty {
            if let last = groups.last {
                let isBelow = section.level >= last.level
                let joins = !last.hasBody || last.tokens < parameters.tiny && isBelow
                // A tiny section that ends a chapter has nothing after it to join.
                let ends = outline.sections[(number + 1)...].first { !$0.units.isEmpty }.map {
                    $0.level < section.level
                }
                let isLastAndTiny =
                    section.tokens < parameters.tiny && section.hasBody && (ends ?? true) && isBelow
                    && last.tokens + section.tokens <= parameters.high
                if joins || isLastAndTiny {
                    groups[groups.count - 1].sections = last.sections.lowerBound..<number + 1
                    groups[groups.count - 1].tokens += section.tokens
                    groups[groups.count - 1].hasBody = last.hasBody || section.hasBody
                    continue
                }
            }
            groups.append(
                Group(
                    sections: number..<number + 1, level: section.level, tokens: section.tokens,
                    hasBody: section.hasBody))
        }
        return groups.map { group in
            let (first, last) = (group.sections.lowerBound, group.sections.upperBound - 1)
            return outline.sections[first].units.lowerBound..<outline.sections[last].units.upperBound
        }
    }

    // MARK: Packing

    private func pack(
        _ group: Range<Int>, of outline: PassageOutline, _ document: DocumentText, into passages: inout [Passage]
    ) {
        var start = group.lowerBound
        var earliest = start
        var remaining = outline.units[group].reduce(0) { $0 + $1.tokens }
        while start < group.upperBound {
            var lead = overlap(before: start, from: earliest, in: outline.units)
            var end = end(of: lead, start, group.upperBound, remaining: remaining, in: outline.units)
            var range = outline.units[lead].range.lowerBound..<outline.units[end - 1].range.upperBound
            var text = document.text(in: range)
            var tokens = count(text)
            // Tokens of a text are not exactly the sum of its units'; the limit is.
            while tokens > parameters.limit || range.count > parameters.scalarLimit {
                if lead < start { lead = start } else if end > start + 1 { end -= 1 } else { break }
                range = outline.units[lead].range.lowerBound..<outline.units[end - 1].range.upperBound
                text = document.text(in: range)
                tokens = count(text)
            }
            passages.append(
                Passage(
                    text: text, headings: path(of: start..<end, in: outline), start: range.lowerBound,
                    end: range.upperBound, tokens: tokens))
            remaining -= outline.units[start..<end].reduce(0) { $0 + $1.tokens }
            (earliest, start) = (start + 1, end)
        }
    }

    /// The first of the sentences that are repeated before a passage.
    private func overlap(before start: Int, from earliest: Int, in units: [PassageUnit]) -> Int {
        guard start > earliest, units[start].border != .section else { return start }
        var first = start
        var tokens = 0
        while first > earliest, units[first - 1].isProse {
            tokens += units[first - 1].tokens
            guard tokens <= parameters.repeated else { break }
            first -= 1
        }
        return first
    }

    /// Where the passage ends that begins with `lead`, of which what is before `start` is repeated.
    private func end(
        of lead: Int, _ start: Int, _ upperBound: Int, remaining: Int, in units: [PassageUnit]
    ) -> Int {
        var tokens = units[lead..<start].reduce(0) { $0 + $1.tokens }
        if tokens + remaining <= parameters.high { return upperBound }
        var remaining = remaining
        var best: Int?
        // The last border that fits, and its tokens: what is tiny would rather grow past `high` than stand alone.
        var lastFitting: (end: Int, tokens: Int)?
        var isTiny: Bool { lastFitting.map { $0.tokens < parameters.tiny } ?? true }
        for end in (start + 1)..<(upperBound + 1) {
            tokens += units[end - 1].tokens
            remaining -= units[end - 1].tokens
            let scalars = units[end - 1].range.upperBound - units[lead].range.lowerBound
            guard tokens <= parameters.limit, scalars <= parameters.scalarLimit else { break }
            guard end < upperBound else {
                if tokens <= parameters.high || isTiny { lastFitting = (end, tokens) }
                break
            }
            guard units[end].border > .glued else { continue }
            if tokens > parameters.high {
                if isTiny { lastFitting = (end, tokens) }
                break
            }
            lastFitting = (end, tokens)
            guard tokens >= parameters.low, remaining >= parameters.tiny else { continue }
            if let other = best {
                let (a, b) = (units[end], units[other])
                if a.border > b.border || a.border == b.border && a.hash < b.hash { best = end }
            } else {
                best = end
            }
        }
        return best ?? lastFitting?.end ?? start + 1
    }

    /// The headings that all units have above them which are not headings themselves.
    private func path(of range: Range<Int>, in outline: PassageOutline) -> [String] {
        var path: [String]?
        var last: Int?
        for unit in outline.units[range] where !unit.isHeading && unit.section != last {
            last = unit.section
            let own = outline.sections[unit.section].path
            path = path.map { Array(zip($0, own).prefix { $0 == $1 }.map(\.0)) } ?? own
        }
        return path ?? outline.sections[outline.units[range.upperBound - 1].section].path
    }
}
