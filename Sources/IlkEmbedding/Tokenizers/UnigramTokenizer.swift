/// A Unigram model as SentencePiece runs it.
struct UnigramTokenizer: Tokenizer {
    let prefix: [Int32]
    let suffix: [Int32]
    let vocabularySize: Int
    private let normalizer: PieceNormalizer
    private let vocabulary: UnigramVocabulary

    init(_ vocabulary: UnigramVocabulary, _ normalizer: PieceNormalizer, prefix: [Int32], suffix: [Int32], size: Int) {
        self.vocabulary = vocabulary
        self.normalizer = normalizer
        self.prefix = prefix
        self.suffix = suffix
        vocabularySize = size
    }

    func ids(of text: String) -> [Int32] {
        var text = text
        text.makeContiguousUTF8()
        let normalized = normalizer.normalized(text.utf8.span)
        return vocabulary.ids(of: normalized.span, sums: Float.self)
    }
}
