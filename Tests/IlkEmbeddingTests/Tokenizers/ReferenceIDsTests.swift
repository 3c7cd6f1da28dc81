import IlkEmbedding
import IlkVectors
import Testing

/// Ids are those of the libraries that the models were trained with, on texts that were collected to be difficult.
@Suite struct `Ids of the reference` {
    private static func check(_ tokenizer: any Tokenizer, _ expected: [[Int32]], _ texts: [String]) {
        for (text, ids) in zip(texts, expected) {
            #expect(tokenizer.ids(of: text) == ids, "\(text.debugDescription)")
        }
    }

    @Test(.enabled(if: TokenizerModels.isThere(TokenizerModels.e5), TokenizerModels.missing))
    func `multilingual-e5-small has sentencepiece's`() throws {
        let (reference, tokenizer) = (try TokenizerModels.Reference.load(), try TokenizerModels.openE5())
        #expect(tokenizer.prefix == [0] && tokenizer.suffix == [2] && tokenizer.vocabularySize == 250_002)
        Self.check(tokenizer, reference.e5, reference.texts)
    }

    @Test(.enabled(if: TokenizerModels.isThere(TokenizerModels.use), TokenizerModels.missing))
    func `use-multilingual-v3 has sentencepiece's`() throws {
        let (reference, tokenizer) = (try TokenizerModels.Reference.load(), try TokenizerModels.openUSE())
        #expect(tokenizer.prefix == [1] && tokenizer.suffix == [2] && tokenizer.vocabularySize == 128_000)
        Self.check(tokenizer, reference.use, reference.texts)
    }

    @Test(.enabled(if: TokenizerModels.isThere(TokenizerModels.miniLM), TokenizerModels.missing))
    func `all-MiniLM-L6-v2 has tokenizers's`() throws {
        let (reference, tokenizer) = (try TokenizerModels.Reference.load(), try TokenizerModels.openMiniLM())
        #expect(tokenizer.prefix == [101] && tokenizer.suffix == [102] && tokenizer.vocabularySize == 30_522)
        Self.check(tokenizer, reference.minilm, reference.texts)
    }

    @Test(
        .enabled(if: TokenizerModels.isThere(TokenizerModels.Golden.folder), TokenizerModels.Golden.missing),
        .enabled(if: TokenizerModels.isThere(TokenizerModels.e5), TokenizerModels.missing))
    func `the golden ids of multilingual-e5-small, with its prompts`() throws {
        let tokenizer = try TokenizerModels.openE5()
        for item in try TokenizerModels.Golden.items("e5-small-q4") {
            let ids = tokenizer.ids(of: (item.prefix ?? "") + item.text)
            #expect(tokenizer.prefix + ids + tokenizer.suffix == item.ids, "\(item.text.debugDescription)")
        }
    }

    @Test(
        .enabled(if: TokenizerModels.isThere(TokenizerModels.Golden.folder), TokenizerModels.Golden.missing),
        .enabled(if: TokenizerModels.isThere(TokenizerModels.miniLM), TokenizerModels.missing))
    func `the golden ids of all-MiniLM-L6-v2, which end at 256`() throws {
        let tokenizer = try TokenizerModels.openMiniLM()
        for item in try TokenizerModels.Golden.items("minilm-l6") {
            let ids = tokenizer.prefix + tokenizer.ids(of: item.text).prefix(254) + tokenizer.suffix
            #expect(ids == item.ids, "\(item.text.debugDescription)")
        }
    }

    @Test(
        .enabled(if: TokenizerModels.isThere(TokenizerModels.e5), TokenizerModels.missing),
        .enabled(if: TokenizerModels.isThere(TokenizerModels.use), TokenizerModels.missing),
        .enabled(if: TokenizerModels.isThere(TokenizerModels.miniLM), TokenizerModels.missing))
    func `a megabyte of one character, and any characters at all, have ids of the vocabulary`() throws {
        var random = SplitMix64(seed: 31)
        for tokenizer in [
            try TokenizerModels.openE5(), try TokenizerModels.openUSE(), try TokenizerModels.openMiniLM(),
        ] {
            for character in ["a", " ", "字", "\u{301}", "\u{0}", "👩‍👩‍👧‍👦", "\u{1100}", "\u{FFFD}"] {
                let text = String(repeating: character, count: 1_000_000 / character.utf8.count)
                let ids = tokenizer.ids(of: text)
                #expect(ids.allSatisfy { 0 <= $0 && $0 < tokenizer.vocabularySize })
                #expect(ids.count <= text.unicodeScalars.count + 1)
            }
            for _ in 0..<2_000 {
                let ids = tokenizer.ids(of: RandomText.text(&random))
                #expect(ids.allSatisfy { 0 <= $0 && $0 < tokenizer.vocabularySize })
            }
        }
    }
}

/// Texts of any characters, the common and the troublesome ones more often.
enum RandomText {
    private static let ranges: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0x20...0x20, 0...0x1F, 0xA0...0x17F, 0x300...0x36F, 0x590...0x6FF, 0x900...0x97F, 0x1100...0x11FF,
        0x2000...0x206F, 0x2581...0x2581, 0x3000...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFFFD,
        0x1F300...0x1FAFF, 0...0x10FFFF,
    ]

    static func text(_ random: inout SplitMix64) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            guard let range = ranges.randomElement(using: &random) else { continue }
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
            }
        }
        return String(text)
    }
}
