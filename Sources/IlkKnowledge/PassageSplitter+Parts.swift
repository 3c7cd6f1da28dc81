/// Cutting what has no borders.
extension PassageSplitter {
    /// The tokens of a range, if it fits in a passage; a range of very many scalars is not even counted.
    func tokens(of scalars: [Unicode.Scalar], in range: Range<Int>) -> Int? {
        guard range.count <= parameters.scalarLimit else { return nil }
        let tokens = count(DocumentText.string(scalars[range]))
        return tokens <= parameters.limit ? tokens : nil
    }

    /// A range without sentences, cut into parts of up to the target's tokens, at line ends, clauses or spaces where there
    /// are any.
    ///
    /// Of each length that is tried the tokens are counted, because a part's are not the sum of its parts'. A part has one
    /// scalar at least, whatever the counter says of it.
    func parts(of scalars: [Unicode.Scalar], in range: Range<Int>) -> [(range: Range<Int>, tokens: Int)] {
        var parts: [(range: Range<Int>, tokens: Int)] = []
        var start = range.lowerBound
        var guess = parameters.target * 2
        while start < range.upperBound {
            if scalars[start].isBlank {
                start += 1
                continue
            }
            let longest = longestPart(of: scalars, in: start..<range.upperBound, guess: guess)
            guess = longest.range.count
            var part = longest
            if longest.range.upperBound < range.upperBound {
                let end = goodEnd(of: scalars, in: longest.range)
                if end < longest.range.upperBound, let words = scalars.trimmed(start..<end) {
                    let tokens = count(DocumentText.string(scalars[words]))
                    if tokens <= parameters.target { part = (words, tokens) }
                }
            }
            parts.append(part)
            start = part.range.upperBound
        }
        return parts
    }

    /// About as much from a range's start on as has the target's tokens: at least seven eighths of what would fit.
    private func longestPart(
        of scalars: [Unicode.Scalar], in range: Range<Int>, guess: Int
    ) -> (range: Range<Int>, tokens: Int) {
        let most = min(range.count, parameters.scalarLimit)
        func part(_ length: Int) -> (range: Range<Int>, tokens: Int) {
            let part = scalars.trimmed(range.lowerBound..<(range.lowerBound + length)) ?? range
            return (part, count(DocumentText.string(scalars[part])))
        }
        var fits: (range: Range<Int>, tokens: Int)?
        var (low, high) = (0, most + 1)  // low fits, high does not or is too long
        var length = min(max(guess, 1), most)
        while high - low > max(1, low / 8) {
            let tried = part(length)
            if tried.tokens <= parameters.target {
                fits = tried
                low = length
                if tried.tokens >= parameters.target * 7 / 8 { break }
                length = high == most + 1 ? min(length * 3 / 2 + 1, most) : (low + high) / 2
            } else {
                high = length
                length = low == 0 ? max(length / 2, 1) : (low + high) / 2
            }
            if length <= low || length >= high { break }
        }
        return fits ?? part(1)
    }

    /// The best place to end a part: in its last quarter, after a line, a clause or a word; else between two signs.
    private func goodEnd(of scalars: [Unicode.Scalar], in range: Range<Int>) -> Int {
        let first = range.lowerBound + range.count * 3 / 4
        var clause: Int?
        var word: Int?
        for position in stride(from: range.upperBound - 1, through: max(first, range.lowerBound), by: -1) {
            let scalar = scalars[position]
            if scalar.isLineEnd { return position }
            if clause == nil, Self.clauseEnds.contains(scalar) { clause = position + 1 }
            if word == nil, scalar.isBlank { word = position }
        }
        if let place = clause ?? word, place > range.lowerBound { return place }
        var end = range.upperBound
        while end > max(first, range.lowerBound + 1), scalars[end].isJoined || scalars[end - 1].value == 0x200D {
            end -= 1
        }
        return end > max(first, range.lowerBound + 1) ? end : range.upperBound
    }

    private static let clauseEnds: Set<Unicode.Scalar> = [
        "。", "！", "？", "；", "，", "、", "：", "…", ",", ";", ":", "!", "?", "،", "؛", "।",
    ]
}
