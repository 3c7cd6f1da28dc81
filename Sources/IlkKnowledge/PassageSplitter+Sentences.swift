extension PassageSplitter {
    /// The sentences of a range, end to end.
    ///
    /// A line end within a block is a space here: else every line of hard-wrapped text were a sentence.
    func sentences(of scalars: [Unicode.Scalar], in range: Range<Int>) -> [Range<Int>] {
        var sentences: [Range<Int>] = []
        var start = range.lowerBound
        for position in range {
            let next = position + 1 < range.upperBound ? scalars[position + 1] : " "
            let ends: Bool =
                switch scalars[position] {
                case "。", "！", "？": true
                case ".", "!", "?": next.isBlank
                default: false
                }
            if ends {
                sentences.append(start..<position + 1)
                start = position + 1
            }
        }
        if start < range.upperBound { sentences.append(start..<range.upperBound) }
        return sentences
    }
}
