package import IlkProtocol

/// A `vocab.txt`, BERT's own vocabulary: one piece a line, the first of id 0.
package enum BertVocabularyFile {
    /// What stands for no text.
    private static let specials: Set<String> = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

    /// Makes the tokenizer.
    ///
    /// - Parameters:
    ///   - file: the vocabulary.
    ///   - settings: `tokenizer_config.json`, of which `do_lower_case`, `strip_accents` and `tokenize_chinese_chars`
    ///     are read; nil for BERT's usual ones.
    /// - Returns: a tokenizer that puts `[CLS]` before a text and `[SEP]` after it.
    /// - Throws: `invalid_request` where a piece stands twice or `[UNK]`, `[CLS]` or `[SEP]` is missing.
    package static func tokenizer(
        _ file: UnsafeRawBufferPointer, settings: JSONValue?
    ) throws(IlkError) -> any Tokenizer {
        let text = unsafe [UInt8](file)
        var pieces: [PieceTrie.Entry] = []
        var ids: [String: Int32] = [:]
        var start = 0
        var id: Int32 = 0
        while start < text.count {
            let lineEnd = text[start...].firstIndex(of: 0x0A) ?? text.count
            let end = lineEnd > start && text[lineEnd - 1] == 0x0D ? lineEnd - 1 : lineEnd
            guard id <= PieceTrie.largestID else { throw .foreignTokenizer("a vocabulary of more than \(id) pieces") }
            let piece = end - start <= 6 ? String(decoding: text[start..<end], as: UTF8.self) : ""
            if specials.contains(piece) {
                ids[piece] = id
            } else if start < end {
                pieces.append(PieceTrie.Entry(bytes: start..<end, id: id))
            }
            start = lineEnd + 1
            id += 1
        }
        guard let unknown = ids["[UNK]"], let begin = ids["[CLS]"], let finish = ids["[SEP]"] else {
            throw .brokenTokenizer("vocab.txt lacks one of [UNK], [CLS] and [SEP]")
        }
        var normalizer = BertNormalizer()
        if case .object(let settings)? = settings {
            normalizer.lowercases = settings["do_lower_case"]?.bool ?? true
            normalizer.stripsAccents = settings["strip_accents"]?.bool ?? normalizer.lowercases
            normalizer.spacesIdeographs = settings["tokenize_chinese_chars"]?.bool ?? true
        }
        let vocabulary = try WordPieceVocabulary(
            pieces, in: text, unknown: unknown, continuationMark: Array("##".utf8), longestWord: 100)
        return PipelineTokenizer(
            prefix: [begin], suffix: [finish], vocabularySize: Int(id), changes: [.bert(normalizer)],
            splitters: [.bert], model: .wordPiece(vocabulary))
    }
}
