/// Changes a text, splits it into words and tokenizes each: how Hugging Face's `tokenizers` works.
struct PipelineTokenizer: Tokenizer {
    enum Model: Sendable {
        case wordPiece(WordPieceVocabulary)
        case unigram(UnigramVocabulary)
    }

    var prefix: [Int32] = []
    var suffix: [Int32] = []
    var vocabularySize: Int
    var changes: [TextChange] = []
    var splitters: [TextSplitter] = []
    var model: Model

    func ids(of text: String) -> [Int32] {
        var words = TextSplitter.Words()
        words.bytes = Array(text.utf8)
        for change in changes { words.bytes = change.applied(to: words.bytes) }
        words.close()
        for splitter in splitters { words = splitter.split(words) }
        var ids: [Int32] = []
        ids.reserveCapacity(words.ends.count * 2)
        let bytes = words.bytes.span
        var start = 0
        for end in words.ends {
            let word = bytes.extracting(start..<end)
            switch model {
            case .wordPiece(let vocabulary): vocabulary.append(word, to: &ids)
            case .unigram(let vocabulary): ids += vocabulary.ids(of: word, sums: Double.self)
            }
            start = end
        }
        return ids
    }
}
