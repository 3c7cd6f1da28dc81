import IlkLexical

extension PassageSplitter {
    /// The sentences of a range, end to end.
    ///
    /// A line end within a block is a space here: else every line of hard-wrapped text were a sentence.
    func sentences(of scalars: [Unicode.Scalar], in range: Range<Int>) -> [Range<Int>] {
        var text = String.UnicodeScalarView()
        for scalar in scalars[range] { text.append(scalar.isLineEnd ? " " : scalar) }
        var sentences: [Range<Int>] = []
        var (byte, position) = (0, range.lowerBound)
        for sentence in Sentences.ranges(of: String(text)) {
            let start = position
            while byte < sentence.upperBound, position < range.upperBound {
                byte += scalars[position].isLineEnd ? 1 : UTF8.width(scalars[position])
                position += 1
            }
            if start < position { sentences.append(start..<position) }
        }
        if position < range.upperBound { sentences.append(position..<range.upperBound) }
        return sentences
    }
}
