/// What BERT does to a text before it is split, as `BertNormalizer` in a `tokenizer.json` says it.
struct BertNormalizer: Sendable {
    /// Removes control characters and makes all white space plain spaces.
    var cleans = true
    /// Puts spaces around every ideograph.
    var spacesIdeographs = true
    /// Decomposes characters and removes their accents.
    var stripsAccents = true
    var lowercases = true

    func normalized(_ text: borrowing Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 8)
        var stretch: [Unicode.Scalar] = []
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte < 0x80 {
                appendASCII(byte, &output)
                place += 1
                continue
            }
            // Marks may change places, but never past ASCII: a stretch without it is done as one.
            stretch.removeAll(keepingCapacity: true)
            var sorts = false
            while place < text.count, text[place] >= 0x80 {
                let scalar = UTF8Bytes.scalar(in: text, at: &place)
                sorts = clean(scalar, &stretch) || sorts
            }
            if sorts { CanonicalDecomposition.sortMarks(&stretch) }
            for scalar in stretch { append(scalar, &output) }
        }
        return output
    }

    private func appendASCII(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): output.append(lowercases ? byte | 0x20 : byte)
        case 0x09, 0x0A, 0x0D: output.append(cleans ? 0x20 : byte)
        case 0..<0x20, 0x7F: if !cleans { output.append(byte) }
        default: output.append(byte)
        }
    }

    /// Appends what a character outside ASCII becomes, before marks are sorted; true where there may be some.
    private func clean(_ scalar: Unicode.Scalar, _ stretch: inout [Unicode.Scalar]) -> Bool {
        if CharacterClass.isIdeograph(scalar) {
            if spacesIdeographs { stretch.append(" ") }
            if stripsAccents {
                CanonicalDecomposition.shared.append(scalar, to: &stretch)
            } else {
                stretch.append(scalar)
            }
            if spacesIdeographs { stretch.append(" ") }
            return false
        }
        if cleans {
            guard scalar != "\u{FFFD}", !CharacterClass.isControl(scalar) else { return false }
            guard !CharacterClass.isWhitespace(scalar) else {
                stretch.append(" ")
                return false
            }
        }
        guard stripsAccents else {
            stretch.append(scalar)
            return false
        }
        CanonicalDecomposition.shared.append(scalar, to: &stretch)
        return true
    }

    private func append(_ scalar: Unicode.Scalar, _ output: inout [UInt8]) {
        if !scalar.isASCII, stripsAccents, CharacterClass.isNonspacingMark(scalar) { return }
        if lowercases { TextChange.lowercase(scalar, &output) } else { UTF8Bytes.append(scalar, to: &output) }
    }
}
