import IlkEmbedding
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `SentencePiece models` {
    @Test func `the likeliest pieces win, and a word's beginning is marked`() throws {
        let tokenizer = try Open.sentencePiece(TinyModels.sentencePiece())
        #expect(tokenizer.prefix == [1] && tokenizer.suffix == [2] && tokenizer.vocabularySize == 11)
        #expect(tokenizer.ids(of: "abc") == [9])
        #expect(tokenizer.ids(of: "ab a") == [3, 7, 3, 4])
        #expect(tokenizer.ids(of: "aaa") == [3, 4, 8] || tokenizer.ids(of: "aaa") == [3, 8, 4])
    }

    @Test func `spaces at the ends go and several become one`() throws {
        let tokenizer = try Open.sentencePiece(TinyModels.sentencePiece())
        #expect(tokenizer.ids(of: "  a   b ") == tokenizer.ids(of: "a b"))
        #expect(tokenizer.ids(of: "a b") == [3, 4, 3, 5])
        #expect(tokenizer.ids(of: "").isEmpty && tokenizer.ids(of: "   ").isEmpty)
    }

    @Test func `the settings of the normaliser are obeyed`() throws {
        // add_dummy_prefix, remove_extra_whitespaces and escape_whitespaces are fields 3, 4 and 5.
        let bare = try Open.sentencePiece(TinyModels.sentencePiece(normalizer: [0x18, 0]))
        #expect(bare.ids(of: "a b") == [4, 3, 5])
        let spacious = try Open.sentencePiece(TinyModels.sentencePiece(normalizer: [0x20, 0]))
        #expect(spacious.ids(of: " a  b ") == [3, 3, 4, 3, 3, 5, 3])
        let plain = try Open.sentencePiece(TinyModels.sentencePiece(normalizer: [0x28, 0]))
        #expect(plain.ids(of: "a b") == [0, 4, 0, 5])
        let suffix = try Open.sentencePiece(TinyModels.sentencePiece(trainer: [0x18, 1, 0xC0, 1, 1]))
        #expect(suffix.ids(of: "a b") == [4, 3, 5, 3])
    }

    @Test func `characters without a piece are one unknown piece together`() throws {
        let tokenizer = try Open.sentencePiece(TinyModels.sentencePiece())
        #expect(tokenizer.ids(of: "axyz熊b") == [3, 4, 0, 5])
        #expect(tokenizer.ids(of: "x y") == [3, 0, 3, 0])
    }

    @Test func `what looks like a special piece is text`() throws {
        let tokenizer = try Open.sentencePiece(TinyModels.sentencePiece())
        #expect(tokenizer.ids(of: "</s>") == [3, 0])
        #expect(tokenizer.ids(of: "<s>a<unk>") == [3, 0, 4, 0])
    }

    @Test func `a user-defined piece wins wherever it stands, unchanged by the character map`() throws {
        let pieces = TinyModels.pieces + [TinyModels.Piece(name: "bA", score: 0, kind: 4)]
        let charsmap = TinyModels.charsmap(["A": "a"])
        let tokenizer = try Open.sentencePiece(TinyModels.sentencePiece(pieces, charsmap: charsmap))
        #expect(tokenizer.ids(of: "abAb") == [3, 4, 11, 5])
        #expect(tokenizer.ids(of: "A") == [3, 4])
    }

    @Test func `the longest rule of a character map is applied, to the leftmost characters`() throws {
        let charsmap = TinyModels.charsmap([
            "e\u{301}": "é", "A": "a", "AB": "c", "ABC": "b", "\u{200B}": "", "\u{3000}": " ", "①": "a b",
        ])
        let tokenizer = try Open.sentencePiece(TinyModels.sentencePiece(charsmap: charsmap))
        #expect(tokenizer.ids(of: "e\u{301}") == [3, 10])
        #expect(tokenizer.ids(of: "ABC") == [3, 5])
        #expect(tokenizer.ids(of: "ABABC") == [3, 6, 5])
        #expect(tokenizer.ids(of: "a\u{200B}b") == [3, 7])
        #expect(tokenizer.ids(of: "\u{3000}a\u{3000} b") == [3, 4, 3, 5])
        #expect(tokenizer.ids(of: "①") == [3, 4, 3, 5])
        #expect(tokenizer.ids(of: "\u{200B}").isEmpty)
    }

    @Test func `XLM-RoBERTa numbers pieces one later and the special ones first`() throws {
        let tokenizer = try Open.sentencePiece(TinyModels.sentencePiece(), .xlmRoberta)
        #expect(tokenizer.prefix == [0] && tokenizer.suffix == [2] && tokenizer.vocabularySize == 13)
        #expect(tokenizer.ids(of: "ab x") == [4, 8, 4, 3])
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `no other way is likelier, by trying all`(seed: UInt64) throws {
        let tokenizer = try Open.sentencePiece(TinyModels.sentencePiece(normalizer: [0x18, 0]))
        let pieces = TinyModels.pieces
        var random = SplitMix64(seed: seed)
        let text = String(
            (0..<Int.random(in: 1...12, using: &random)).map { _ in "abc".randomElement(using: &random)! })
        func best(_ rest: Substring) -> Float {
            guard !rest.isEmpty else { return 0 }
            return pieces.dropFirst(3).filter { rest.hasPrefix($0.name) }
                .map { $0.score + best(rest.dropFirst($0.name.count)) }.max() ?? -.infinity
        }
        let ids = tokenizer.ids(of: text)
        #expect(ids.map { pieces[Int($0)].name }.joined() == text)
        #expect(abs(ids.reduce(0) { $0 + pieces[Int($1)].score } - best(text[...])) < 1e-3)
    }

    @Test func `other kinds of models are refused by name`() {
        #expect(throws: IlkError.self) { try Open.sentencePiece(TinyModels.sentencePiece(trainer: [0x18, 2])) }
        // byte_fallback is field 35.
        let fallback = TinyModels.sentencePiece(trainer: [0x18, 1, 0x98, 2, 1])
        let error = #expect(throws: IlkError.self) { try Open.sentencePiece(fallback) }
        #expect(error?.message.contains("falls back to bytes") == true)
        let twins = TinyModels.pieces + [TinyModels.Piece(name: "ab", score: -9)]
        let twice = #expect(throws: IlkError.self) { try Open.sentencePiece(TinyModels.sentencePiece(twins)) }
        #expect(twice?.message.contains("7 and 11 are the same") == true)
        let nameless = TinyModels.sentencePiece(Array(TinyModels.pieces.dropFirst()))
        #expect(throws: IlkError.self) { try Open.sentencePiece(nameless) }
    }

    @Test func `a damaged model is refused or works, and never traps`() {
        let charsmap = Array(TinyModels.charsmap(["A": "a", "e\u{301}": "é", "\u{3000}": " "]).prefix(900))
        for whole in [TinyModels.sentencePiece(), TinyModels.sentencePiece(charsmap: charsmap)] {
            Damage.survives(whole) { (bytes) throws(IlkError) in try Open.sentencePiece(bytes) }
        }
    }
}

/// Breaks a file in every way that a test has time for.
enum Damage {
    private static let texts = [
        "", "abc AB e\u{301}\u{3000}x", "</s>[SEP]\u{0}熊\u{FFFD}", String(repeating: "a", count: 50),
    ]

    /// Opens the file cut at each length, and with each of its bits flipped; those that open have to work.
    static func survives(_ whole: [UInt8], open: ([UInt8]) throws(IlkError) -> any Tokenizer) {
        func check(_ bytes: [UInt8]) {
            do throws(IlkError) {
                let tokenizer = try open(bytes)
                for text in texts {
                    let ids = tokenizer.ids(of: text)
                    #expect(ids.allSatisfy { 0 <= $0 && $0 < tokenizer.vocabularySize })
                }
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        let step = max(1, whole.count / 4_000)
        for length in stride(from: 0, to: whole.count, by: step) { check(Array(whole.prefix(length))) }
        for place in stride(from: 0, to: whole.count, by: step) {
            for bit in 0..<8 {
                var bytes = whole
                bytes[place] ^= 1 << bit
                check(bytes)
            }
        }
    }
}
