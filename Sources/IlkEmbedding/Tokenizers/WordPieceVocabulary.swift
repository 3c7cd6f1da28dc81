import IlkProtocol

/// The pieces of a WordPiece model (Schuster and Nakajima, ICASSP 2012), and the greedy search for them in a word.
struct WordPieceVocabulary: Sendable {
    private let trie: PieceTrie
    /// Where pieces go on that continue a word: those behind `##`; nil where there are none.
    private let continuation: UInt64?
    private let unknown: Int32
    /// A longer word, in code points, is unknown without a search.
    private let longestWord: Int

    /// Pieces that may stand for text: not `[CLS]` and its like.
    ///
    /// - Parameters:
    ///   - pieces: where the bytes of each lie in `text`, and their ids.
    ///   - text: holds the bytes of all pieces.
    ///   - unknown: the id of a word that has no pieces.
    ///   - continuationMark: with which pieces begin that continue a word.
    ///   - longestWord: in code points.
    /// - Throws: `invalid_request` where a piece stands twice.
    init(
        _ pieces: [PieceTrie.Entry], in text: [UInt8], unknown: Int32, continuationMark: [UInt8], longestWord: Int
    ) throws(IlkError) {
        let trie: PieceTrie
        do { trie = try PieceTrie(pieces, in: text) } catch {
            throw .brokenTokenizer("its pieces \(error.first) and \(error.second) are the same")
        }
        let units = trie.units.span
        var unit: UInt64? = units[PieceTrie.root]
        for byte in continuationMark {
            guard let before = unit else { break }
            unit = PieceTrie.step(units, from: before, by: byte)
        }
        self.trie = trie
        continuation = unit
        self.unknown = unknown
        self.longestWord = longestWord
    }

    /// Appends the ids of a word: at each place the longest piece, or the unknown one for the whole word.
    func append(_ word: borrowing Span<UInt8>, to ids: inout [Int32]) {
        var codePoints = 0
        for place in word.indices where word[place] & 0xC0 != 0x80 { codePoints += 1 }
        guard codePoints <= longestWord else {
            ids.append(unknown)
            return
        }
        let before = ids.count
        let units = trie.units.span
        var start = 0
        while start < word.count {
            guard var unit = start == 0 ? units[PieceTrie.root] : continuation else { break }
            var end = start
            var found: (end: Int, id: Int)?
            while end < word.count, let next = PieceTrie.step(units, from: unit, by: word[end]) {
                unit = next
                end += 1
                if PieceTrie.id(of: unit) >= 0 { found = (end, PieceTrie.id(of: unit)) }
            }
            guard let found else { break }
            ids.append(Int32(found.id))
            start = found.end
        }
        guard start < word.count else { return }
        ids.removeLast(ids.count - before)
        ids.append(unknown)
    }
}
