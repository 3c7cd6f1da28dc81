package import IlkProtocol

/// A `tokenizer.json`, as Hugging Face's `tokenizers` writes it.
///
/// Read are WordPiece and Unigram models and what their files hold beside them; anything else is refused by name.
/// Truncation and padding are left to those who run the model.
package enum TokenizerDescription {
    /// Makes the tokenizer.
    ///
    /// - Throws: `invalid_request` where the file is damaged, or names a step that ilk does not have.
    package static func tokenizer(_ file: UnsafeRawBufferPointer) throws(IlkError) -> any Tokenizer {
        let description: JSONValue
        do { description = try unsafe JSONValue.parse(file) } catch {
            throw .brokenTokenizer("tokenizer.json is no JSON (\(error.message))")
        }
        guard case .object(let root) = description, case .object(let model)? = root["model"] else {
            throw .brokenTokenizer("tokenizer.json has no model")
        }
        let specials = try specials(root["added_tokens"])
        let (prefix, suffix) = try ends(root["post_processor"])
        // Older files do not say of what type the model is.
        let type = model["type"]?.string ?? (model["continuing_subword_prefix"] != nil ? "WordPiece" : "Unigram")
        let (vocabulary, count) =
            switch type {
            case "WordPiece": try wordPiece(model, specials)
            case "Unigram": try unigram(model, specials)
            default: throw .foreignTokenizer("its model is \(type.quoted); WordPiece and Unigram are read")
            }
        let size = max(count, specials.values.max().map { Int($0) + 1 } ?? 0)
        guard (prefix + suffix).allSatisfy({ 0 <= $0 && $0 < size }) else {
            throw .brokenTokenizer("its post_processor has an id that no piece has")
        }
        return PipelineTokenizer(
            prefix: prefix, suffix: suffix, vocabularySize: size, changes: try changes(root["normalizer"]),
            splitters: try splitters(root["pre_tokenizer"]), model: vocabulary)
    }

    /// Ids of pieces that stand for no text, by their names.
    private static func specials(_ value: JSONValue?) throws(IlkError) -> [String: Int32] {
        guard case .array(let tokens)? = value else { return [:] }
        var specials: [String: Int32] = [:]
        for token in tokens {
            guard case .object(let token) = token, let content = token["content"]?.string, let id = token["id"]?.id
            else {
                throw .brokenTokenizer("one of its added_tokens has no content or no id")
            }
            guard token["special"]?.bool == true else {
                throw .foreignTokenizer("its added token \(content.quoted) is to be found in texts")
            }
            specials[content] = id
        }
        return specials
    }

    private static func wordPiece(
        _ model: JSONObject, _ specials: [String: Int32]
    ) throws(IlkError) -> (PipelineTokenizer.Model, count: Int) {
        guard case .object(let vocabulary)? = model["vocab"] else { throw .brokenTokenizer("its model has no vocab") }
        let unknown = model["unk_token"]?.string ?? "[UNK]"
        guard let unknownID = vocabulary[unknown]?.id else {
            throw .brokenTokenizer("its vocabulary lacks the unknown piece \(unknown.quoted)")
        }
        var text: [UInt8] = []
        var pieces: [PieceTrie.Entry] = []
        var count = 0
        for member in vocabulary.members {
            guard let id = member.value.id else {
                throw .brokenTokenizer("its piece \(member.key.quoted) has no id from 0 to \(PieceTrie.largestID)")
            }
            count = max(count, Int(id) + 1)
            guard specials[member.key] == nil, id != unknownID, !member.key.isEmpty else { continue }
            pieces.append(PieceTrie.Entry(bytes: text.count..<text.count + member.key.utf8.count, id: id))
            text += member.key.utf8
        }
        let longest = model["max_input_chars_per_word"]?.id.map(Int.init) ?? 100
        let mark = Array((model["continuing_subword_prefix"]?.string ?? "##").utf8)
        let wordPiece = try WordPieceVocabulary(
            pieces, in: text, unknown: unknownID, continuationMark: mark, longestWord: longest)
        return (.wordPiece(wordPiece), count)
    }

    private static func unigram(
        _ model: JSONObject, _ specials: [String: Int32]
    ) throws(IlkError) -> (PipelineTokenizer.Model, count: Int) {
        guard case .array(let vocabulary)? = model["vocab"] else { throw .brokenTokenizer("its model has no vocab") }
        guard model["byte_fallback"]?.bool != true else { throw .foreignTokenizer("a model that falls back to bytes") }
        guard let unknown = model["unk_id"]?.id else { throw .foreignTokenizer("a model without an unknown piece") }
        guard vocabulary.count <= PieceTrie.largestID else {
            throw .foreignTokenizer("a vocabulary of \(vocabulary.count) pieces")
        }
        var text: [UInt8] = []
        var pieces: [UnigramVocabulary.Piece] = []
        pieces.reserveCapacity(vocabulary.count)
        for (id, entry) in vocabulary.enumerated() {
            guard case .array(let entry) = entry, entry.count == 2, let name = entry[0].string,
                let score = entry[1].number
            else { throw .brokenTokenizer("its piece \(id) is not a text and a score") }
            guard specials[name] == nil, id != Int(unknown) else { continue }
            let bytes = text.count..<text.count + name.utf8.count
            pieces.append(UnigramVocabulary.Piece(bytes: bytes, id: Int32(id), score: Float(score)))
            text += name.utf8
        }
        let unigram = try UnigramVocabulary(pieces, in: text, count: vocabulary.count, unknown: unknown)
        return (.unigram(unigram), vocabulary.count)
    }
}

extension JSONValue {
    var string: String? { if case .string(let string) = self { string } else { nil } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

    /// A whole number that may be the id of a piece.
    var id: Int32? {
        guard case .int(let number) = self, 0...Int64(PieceTrie.largestID) ~= number else { return nil }
        return Int32(number)
    }

    var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
}
