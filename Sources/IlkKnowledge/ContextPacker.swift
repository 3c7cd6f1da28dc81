/// Where a packer finds what stands beside and between passages.
package protocol PassageSource {
    /// A document's passage by its number; nil if there is none.
    func passage(_ number: Int, of document: String) -> Passage?
    /// A document's text over a range of Unicode scalars; nil if the document is gone.
    func text(of document: String, in range: Range<Int>) -> String?
}

/// Makes the context of an answer out of ranked passages.
///
/// First the passages themselves, best first: copies are dropped, passages of a document that touch become one range,
/// and one that would exceed the budget is passed over for the next that does not. Then what is left of the budget widens
/// the ranges by their neighbors, best first and ring by ring, so that no neighbor displaces a passage that was found.
package struct ContextPacker {
    package let parameters: ContextParameters
    private let count: (String) -> Int

    /// A packer by the tokens of one model.
    package init(_ parameters: ContextParameters, counting count: @escaping (String) -> Int) {
        self.parameters = parameters
        self.count = count
    }

    /// Packs passages that come best first.
    package func pack(_ ranked: [RankedPassage], from source: some PassageSource) -> PackedContext {
        var context = PackedContext()
        var taken: [(passage: RankedPassage, shingles: Shingles?)] = []
        for found in ranked where taken.count < parameters.k {
            let ofDocument = taken.count { $0.passage.document == found.document }
            if taken.contains(where: { $0.passage.document == found.document && $0.passage.number == found.number }) {
                continue
            }
            let shingles = parameters.likeness.map { _ in Shingles(found.passage.text) }
            if taken.contains(where: { isCopy(found, shingles, of: $0.passage, $0.shingles) }) {
                context.duplicates += 1
            } else if let limit = parameters.perDocument, ofDocument >= limit {
                context.overShare += 1
            } else if add(found, to: &context, source) {
                taken.append((found, shingles))
            } else {
                context.overBudget += 1
            }
        }
        context.taken = taken.count
        for ring in 1..<(parameters.window + 1) {
            for (found, _) in taken {
                for number in [found.number - ring, found.number + ring] where number >= 0 {
                    guard let passage = source.passage(number, of: found.document) else { continue }
                    // Only what its range reaches: a ring is not jumped over because the one inside did not fit.
                    let reaches = context.ranges.contains {
                        $0.document == found.document && $0.numbers.contains(found.number)
                            && (number < found.number
                                ? $0.numbers.lowerBound == number + 1 : $0.numbers.upperBound == number - 1)
                    }
                    guard reaches else { continue }
                    _ = add(
                        RankedPassage(
                            document: found.document, number: number, passage: passage, score: -.infinity),
                        to: &context, source)
                }
            }
        }
        // Ranges grow where their first passage stood; a stable sort keeps equal scores in the order of the ranking.
        context.ranges = context.ranges.enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }.map(\.element)
        return context
    }

    // MARK: Copies

    /// Whether a passage says what another says; not what touches it in the same document, which becomes one with it.
    private func isCopy(
        _ a: RankedPassage, _ shinglesOfA: Shingles?, of b: RankedPassage, _ shinglesOfB: Shingles?
    ) -> Bool {
        if a.document == b.document, abs(a.number - b.number) <= 1 { return false }
        if a.passage.text == b.passage.text { return true }
        guard let share = parameters.likeness, let shinglesOfA, let shinglesOfB else { return false }
        return shinglesOfA.isNear(shinglesOfB, share: share)
    }

    // MARK: Ranges

    /// Adds a passage and joins it with the ranges that it touches; false, and no change, if that exceeds the budget.
    private func add(_ found: RankedPassage, to context: inout PackedContext, _ source: some PassageSource) -> Bool {
        let passage = found.passage
        var range = CitedRange(
            document: found.document, numbers: found.number...found.number, best: found.number, text: passage.text,
            headings: passage.headings, start: passage.start, end: passage.end, tokens: passage.tokens,
            score: found.score)
        var joined: [Int] = []
        for (index, other) in context.ranges.enumerated() where other.document == found.document {
            let isBeside =
                other.numbers.upperBound + 1 >= found.number && found.number >= other.numbers.lowerBound - 1
            guard isBeside || (other.start < passage.end && passage.start < other.end) else { continue }
            joined.append(index)
            range.join(other)
        }
        if !joined.isEmpty {
            guard let text = source.text(of: found.document, in: range.start..<range.end) else { return false }
            range.text = text
            range.tokens = count(text)
        }
        let others = context.tokens - joined.reduce(0) { $0 + context.ranges[$1].tokens }
        if let budget = parameters.tokenBudget, others + range.tokens > budget { return false }
        context.tokens = others + range.tokens
        if let first = joined.first {
            context.ranges[first] = range
            for index in joined.dropFirst().reversed() { context.ranges.remove(at: index) }
        } else {
            context.ranges.append(range)
        }
        return true
    }
}

extension CitedRange {
    /// Takes in another range of the same document; its text and tokens are to be found anew.
    fileprivate mutating func join(_ other: CitedRange) {
        numbers = min(numbers.lowerBound, other.numbers.lowerBound)...max(numbers.upperBound, other.numbers.upperBound)
        headings = Array(zip(headings, other.headings).prefix { $0 == $1 }.map(\.0))
        start = min(start, other.start)
        end = max(end, other.end)
        if other.score > score || (other.score == score && other.best < best) {
            (score, best) = (other.score, other.best)
        }
    }
}
