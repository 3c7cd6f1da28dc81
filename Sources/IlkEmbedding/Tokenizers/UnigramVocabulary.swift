import IlkProtocol

/// The pieces of a Unigram model (Kudo, ACL 2018) with their log-probabilities, and the search for the likeliest ones.
struct UnigramVocabulary: Sendable {
    private let trie: PieceTrie
    /// Per id; of ids that stand for no text, 0.
    private let scores: [Float]
    /// Ids of pieces that win over any others where they stand.
    private let verbatim: Set<Int>
    let unknown: Int32
    private let unknownScore: Float
    private let verbatimScore: Float

    var count: Int { scores.count }

    /// How much less likely than the least likely piece a character without a piece is.
    private static let unknownPenalty: Float = 10

    /// A piece of a model.
    struct Piece {
        /// Where its UTF-8 lies in the text of all pieces.
        var bytes: Range<Int>
        var id: Int32
        var score: Float
        /// A user-defined symbol of SentencePiece.
        var isVerbatim = false
    }

    /// Pieces that may stand for text: neither `<s>` and its like, nor the unknown.
    ///
    /// - Parameters:
    ///   - pieces: in any order; ids from 0 to below `count`.
    ///   - text: holds the bytes of all pieces.
    ///   - count: of ids.
    ///   - unknown: the id of characters that no piece has.
    /// - Throws: `invalid_request` where a piece is empty, stands twice, or has no number as its score.
    init(_ pieces: [Piece], in text: [UInt8], count: Int, unknown: Int32) throws(IlkError) {
        guard count <= PieceTrie.largestID else { throw .foreignTokenizer("a vocabulary of \(count) pieces") }
        guard !pieces.isEmpty, unknown >= 0, unknown < count else {
            throw .brokenTokenizer("its vocabulary has \(pieces.count) pieces and the unknown one is \(unknown)")
        }
        var scores = [Float](repeating: 0, count: count)
        var entries: [PieceTrie.Entry] = []
        entries.reserveCapacity(pieces.count)
        var verbatim: Set<Int> = []
        var (lowest, highest) = (Float.greatestFiniteMagnitude, Float.leastNormalMagnitude)
        for piece in pieces {
            guard piece.score.isFinite, piece.id >= 0, piece.id < count, !piece.bytes.isEmpty else {
                throw .brokenTokenizer("piece \(piece.id) is empty, or its score \(piece.score) is no number")
            }
            entries.append(PieceTrie.Entry(bytes: piece.bytes, id: piece.id))
            scores[Int(piece.id)] = piece.score
            if piece.isVerbatim {
                verbatim.insert(Int(piece.id))
            } else {
                lowest = min(lowest, piece.score)
                highest = max(highest, piece.score)
            }
        }
        do { trie = try PieceTrie(entries, in: text) } catch {
            throw .brokenTokenizer("its pieces \(error.first) and \(error.second) are the same")
        }
        self.scores = scores
        self.verbatim = verbatim
        self.unknown = unknown
        unknownScore = lowest - Self.unknownPenalty
        // SentencePiece begins its search for the highest at the least positive float: a score of 0, in effect.
        verbatimScore = highest
    }

    /// The likeliest way to a byte: the last piece on it and its score in all.
    private struct Step<Sum: BinaryFloatingPoint & BitwiseCopyable> {
        var score: Sum = 0
        var start: Int32 = -1
        var id: Int32 = 0
    }

    /// The ids of the likeliest pieces that make up a normalised text; neighbouring unknown ones are one.
    ///
    /// Viterbi's algorithm. Between ways that are as likely its order decides, which is SentencePiece's, and how sums are
    /// rounded: SentencePiece's are `Float`, those of Hugging Face's `tokenizers` `Double`.
    func ids<Sum: BinaryFloatingPoint & BitwiseCopyable>(
        of text: borrowing Span<UInt8>, sums: Sum.Type
    ) -> [Int32] {
        let count = text.count
        guard count > 0, count < Int(Int32.max) else { return [] }
        var steps = [Step<Sum>](repeating: Step(), count: count + 1)
        do {
            var best = steps.mutableSpan
            let units = trie.units.span
            let scores = scores.span
            let root = units[PieceTrie.root]
            var start = 0
            while start < count {
                let reached = best[start].score
                let length = min(UTF8Bytes.length(lead: text[start]), count - start)
                var hasCharacter = false
                var unit = root
                var end = start
                while end < count, let next = PieceTrie.step(units, from: unit, by: text[end]) {
                    unit = next
                    end += 1
                    let id = PieceTrie.id(of: unit)
                    guard id >= 0 else { continue }
                    let score =
                        verbatim.isEmpty || !verbatim.contains(id)
                        ? scores[id] : Float(end - start) * verbatimScore - 0.1
                    Self.improve(&best, to: end, from: start, id: Int32(id), score: Sum(score) + reached)
                    if end - start == length { hasCharacter = true }
                }
                if !hasCharacter {
                    let score = Sum(unknownScore) + reached
                    Self.improve(&best, to: start + length, from: start, id: unknown, score: score)
                }
                start += length
            }
        }
        return path(steps)
    }

    @inline(__always)
    private static func improve<Sum>(
        _ best: inout MutableSpan<Step<Sum>>, to end: Int, from start: Int, id: Int32, score: Sum
    ) {
        guard best[end].start < 0 || score > best[end].score else { return }
        best[end] = Step(score: score, start: Int32(start), id: id)
    }

    private func path<Sum>(_ steps: [Step<Sum>]) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(steps.count / 3)
        var end = steps.count - 1
        while end > 0 {
            let step = steps[end]
            if step.id != unknown || ids.last != unknown { ids.append(step.id) }
            end = Int(step.start)
        }
        ids.reverse()
        return ids
    }
}
