package import IlkProtocol

/// A model as SentencePiece writes it: `sp.model`, `sentencepiece.bpe.model`, `spiece.model`.
///
/// The file is one `ModelProto` message: pieces (1), the trainer's settings (2), the normaliser's (3).
package struct SentencePieceFile: Sendable {
    /// How a file's ids become those that the model's weights were trained with.
    package enum Numbering: Sendable {
        /// As in the file.
        case plain
        /// XLM-RoBERTa's: `<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, then the file's pieces one later each, `<mask>` last.
        case xlmRoberta
    }

    private enum Kind: Int32 { case normal = 1, unknown, control, userDefined, unused, byte }

    private struct Piece {
        var bytes = 0..<0
        var score: Float = 0
        var kind = Kind.normal
    }

    private var pieces: [Piece] = []
    /// UTF-8 of all pieces.
    private var text: [UInt8] = []
    private var normalizer = PieceNormalizer()
    private var (begin, end): (Int32, Int32) = (1, 2)

    /// Reads a file.
    ///
    /// - Throws: `invalid_request` where it is damaged, or its model is not Unigram, or falls back to bytes.
    package init(_ file: UnsafeRawBufferPointer) throws(IlkError) { try self.init(unsafe file.bytes) }

    init(_ file: RawSpan) throws(IlkError) {
        var hasTrainer = false
        var place = 0
        while place < file.byteCount {
            let field = try ProtobufField(file, at: &place, before: file.byteCount, of: "the SentencePiece model")
            guard let range = field.bytes else { continue }
            switch field.number {
            case 1: try readPiece(file, range)
            case 2:
                try readTrainer(file, range)
                hasTrainer = true
            case 3: try readNormalizer(file, range)
            default: break
            }
        }
        guard !pieces.isEmpty, hasTrainer else {
            throw .brokenTokenizer("the file has no pieces or no settings, so it is no SentencePiece model")
        }
    }

    /// Makes the tokenizer.
    package func tokenizer(_ numbering: Numbering) throws(IlkError) -> any Tokenizer {
        let shift: Int32 = numbering == .plain ? 0 : 1
        guard let unknown = pieces.firstIndex(where: { $0.kind == .unknown }) else {
            throw .brokenTokenizer("none of its pieces is the unknown one")
        }
        guard pieces.count < PieceTrie.largestID else {
            throw .foreignTokenizer("a vocabulary of \(pieces.count) pieces")
        }
        if numbering == .xlmRoberta {
            guard unknown == 0, pieces.count > 3, pieces[1].kind == .control, pieces[2].kind == .control else {
                throw .foreignTokenizer("its first three pieces are not XLM-RoBERTa's <unk>, <s> and </s>")
            }
        }
        var normalizer = normalizer
        let verbatim = pieces.indices.filter { pieces[$0].kind == .userDefined && !pieces[$0].bytes.isEmpty }
        if !verbatim.isEmpty {
            let entries = verbatim.map { PieceTrie.Entry(bytes: pieces[$0].bytes, id: Int32($0)) }
            do { normalizer.verbatim = try PieceTrie(entries, in: text) } catch {
                throw .brokenTokenizer("its pieces \(error.first) and \(error.second) are the same")
            }
        }
        let spoken = pieces.indices.compactMap { place -> UnigramVocabulary.Piece? in
            let piece = pieces[place]
            guard piece.kind == .normal || piece.kind == .userDefined else { return nil }
            return UnigramVocabulary.Piece(
                bytes: piece.bytes, id: Int32(place) + shift, score: piece.score, isVerbatim: piece.kind == .userDefined
            )
        }
        let size = pieces.count + (numbering == .plain ? 0 : 2)
        let vocabulary = try UnigramVocabulary(
            spoken, in: text, count: size, unknown: numbering == .plain ? Int32(unknown) : 3)
        return UnigramTokenizer(
            vocabulary, normalizer, prefix: try wrap(begin, numbering), suffix: try wrap(end, numbering), size: size)
    }

    /// `<s>` or `</s>`, where the model has one.
    private func wrap(_ id: Int32, _ numbering: Numbering) throws(IlkError) -> [Int32] {
        switch numbering {
        case .xlmRoberta: return [id == begin ? 0 : 2]
        case .plain:
            guard id >= 0 else { return [] }
            guard id < pieces.count else {
                throw .brokenTokenizer("texts are to begin or end with piece \(id), which it lacks")
            }
            return [id]
        }
    }

    private mutating func readPiece(_ file: RawSpan, _ message: Range<Int>) throws(IlkError) {
        var piece = Piece()
        var place = message.lowerBound
        while place < message.upperBound {
            let field = try ProtobufField(file, at: &place, before: message.upperBound, of: "a piece")
            switch field.number {
            case 1:
                guard let range = field.bytes else { continue }
                piece.bytes = text.count..<text.count + range.count
                text += try file.bytes(at: range.lowerBound, count: range.count, of: "a piece")
            case 2: piece.score = field.float ?? piece.score
            case 3:
                guard let kind = field.int.flatMap(Kind.init(rawValue:)) else {
                    throw .brokenTokenizer("a piece is of an unknown kind")
                }
                piece.kind = kind
            default: break
            }
        }
        pieces.append(piece)
    }

    private mutating func readTrainer(_ file: RawSpan, _ message: Range<Int>) throws(IlkError) {
        var place = message.lowerBound
        while place < message.upperBound {
            let field = try ProtobufField(file, at: &place, before: message.upperBound, of: "the trainer's settings")
            switch field.number {
            case 3:
                guard field.int == 1 else {
                    throw .foreignTokenizer("a SentencePiece model that is not Unigram (model_type is not 1)")
                }
            case 24: normalizer.prefixIsSuffix = field.bool ?? false
            case 35:
                if field.bool == true { throw .foreignTokenizer("a SentencePiece model that falls back to bytes") }
            case 41: begin = field.int ?? begin
            case 42: end = field.int ?? end
            default: break
            }
        }
    }

    private mutating func readNormalizer(_ file: RawSpan, _ message: Range<Int>) throws(IlkError) {
        var place = message.lowerBound
        while place < message.upperBound {
            let field = try ProtobufField(file, at: &place, before: message.upperBound, of: "the normaliser's settings")
            switch field.number {
            case 2:
                guard let range = field.bytes, !range.isEmpty else { continue }
                let charsmap = try file.bytes(at: range.lowerBound, count: range.count, of: "the character map")
                normalizer.map = try CharacterMap(charsmap: unsafe charsmap.span.bytes)
            case 3: normalizer.addsPrefix = field.bool ?? true
            case 4: normalizer.trims = field.bool ?? true
            case 5: normalizer.escapes = field.bool ?? true
            default: break
            }
        }
    }
}
