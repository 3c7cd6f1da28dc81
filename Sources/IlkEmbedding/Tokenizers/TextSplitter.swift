/// One step of how a `tokenizer.json` splits a text into words, each of which is tokenized for itself.
enum TextSplitter: Sendable {
    /// At white space, which goes, and around punctuation, each character of which is a word.
    case bert
    /// At white space, which goes.
    case whitespace
    /// Spaces become a mark, and with `splits` each mark begins a word.
    case metaspace(mark: [UInt8], prepend: Prepend, splits: Bool)

    /// Which words get a mark that they do not begin with.
    enum Prepend: String {
        case always, never, first
    }

    /// Words one after the other.
    struct Words {
        var bytes: [UInt8] = []
        var ends: [Int] = []

        /// Ends the word that has been appended, unless it is empty.
        mutating func close() { if bytes.count > (ends.last ?? 0) { ends.append(bytes.count) } }
    }

    func split(_ words: Words) -> Words {
        var output = Words()
        output.bytes.reserveCapacity(words.bytes.count)
        output.ends.reserveCapacity(words.ends.count)
        var start = 0
        for end in words.ends {
            let word = words.bytes.span.extracting(start..<end)
            switch self {
            case .bert: Self.splitAtSpace(word, isolating: true, &output)
            case .whitespace: Self.splitAtSpace(word, isolating: false, &output)
            case .metaspace(let mark, let prepend, let splits):
                let marks = prepend == .always || prepend == .first && start == 0
                Self.splitAtMarks(word, mark, prepends: marks, splits: splits, &output)
            }
            output.close()
            start = end
        }
        return output
    }

    private static func splitAtSpace(
        _ word: borrowing Span<UInt8>, isolating punctuation: Bool, _ output: inout Words
    ) {
        var place = 0
        while place < word.count {
            let start = place
            let scalar = UTF8Bytes.scalar(in: word, at: &place)
            let (isSpace, isPunctuation) = classes(of: scalar)
            if isSpace {
                output.close()
                continue
            }
            if punctuation && isPunctuation { output.close() }
            for byte in start..<place { output.bytes.append(word[byte]) }
            if punctuation && isPunctuation { output.close() }
        }
    }

    @inline(__always)
    private static func classes(of scalar: Unicode.Scalar) -> (isSpace: Bool, isPunctuation: Bool) {
        switch scalar.value {
        case 0x09...0x0D, 0x20: (true, false)
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: (false, true)
        case 0..<0x80: (false, false)
        default:
            CharacterClass.isIdeograph(scalar)
                ? (false, false) : (CharacterClass.isWhitespace(scalar), CharacterClass.isPunctuation(scalar))
        }
    }

    private static func splitAtMarks(
        _ word: borrowing Span<UInt8>, _ mark: [UInt8], prepends: Bool, splits: Bool, _ output: inout Words
    ) {
        var place = 0
        while place < word.count {
            let start = place
            let isMark = word[place] == 0x20 || begins(word, at: place, with: mark)
            place += word[place] == 0x20 ? 1 : isMark ? mark.count : 1
            if isMark {
                if splits { output.close() }
                output.bytes += mark
            } else {
                if start == 0 && prepends { output.bytes += mark }
                output.bytes.append(word[start])
            }
        }
    }

    private static func begins(_ word: borrowing Span<UInt8>, at start: Int, with mark: [UInt8]) -> Bool {
        guard start + mark.count <= word.count else { return false }
        for (place, byte) in mark.enumerated() where word[start + place] != byte { return false }
        return true
    }
}
