import Foundation
import IlkEmbedding
import IlkProtocol
import IlkTestSupport
import Testing

@Suite struct `Hugging Face's tokenizers` {
    private static func open(_ text: String) throws(IlkError) -> any Tokenizer {
        try Open.description(Array(text.utf8))
    }

    @Test func `WordPiece takes the longest piece, and a word with a gap is unknown`() throws {
        let tokenizer = try Self.open(TinyModels.wordPiece)
        #expect(tokenizer.prefix == [1] && tokenizer.suffix == [2] && tokenizer.vocabularySize == 14)
        #expect(tokenizer.ids(of: "unaffable") == [3, 4, 5] || tokenizer.ids(of: "unaffable") == [0])
        #expect(tokenizer.ids(of: "unaff") == [3, 4])
        #expect(tokenizer.ids(of: "unax aaa") == [0, 6, 7, 7])
        #expect(tokenizer.ids(of: "aaaaaaaa aaaaaaaaa") == [6, 7, 7, 7, 7, 7, 7, 7, 0])
    }

    @Test func `BERT's normaliser lowers, strips accents, sets ideographs and punctuation apart`() throws {
        let tokenizer = try Self.open(TinyModels.wordPiece)
        #expect(tokenizer.ids(of: "Café CAFE\u{301}") == [12, 12])
        #expect(tokenizer.ids(of: "a熊a") == [6, 8, 6])
        #expect(tokenizer.ids(of: "a.a\u{0}\u{200B}a\ta\u{3000}a") == [6, 13, 6, 7, 6, 6])
        #expect(tokenizer.ids(of: "").isEmpty && tokenizer.ids(of: " \n ").isEmpty)
    }

    @Test func `what looks like a special piece is text`() throws {
        #expect(try Self.open(TinyModels.wordPiece).ids(of: "[SEP] [CLS]") == [9, 11, 10, 9, 0, 10])
        #expect(try Self.open(TinyModels.unigram).ids(of: "</s>") == [4, 3])
    }

    @Test func `a Unigram model with a Metaspace`() throws {
        let tokenizer = try Self.open(TinyModels.unigram)
        #expect(tokenizer.prefix == [0] && tokenizer.suffix == [2] && tokenizer.vocabularySize == 8)
        #expect(tokenizer.ids(of: "ab  ba ") == [7, 4, 6, 5])
        #expect(tokenizer.ids(of: "ab\u{200B}a xx") == [7, 4, 5, 4, 3])
        #expect(tokenizer.ids(of: "").isEmpty && tokenizer.ids(of: "\u{1}").isEmpty)
    }

    @Test(
        arguments: [
            (#""WordPiece","unk"#, #""BPE","unk"#, "'BPE'"),
            (#""BertNormalizer""#, #""NFKC""#, "'NFKC'"),
            (#""BertPreTokenizer""#, #""ByteLevel""#, "'ByteLevel'"),
            (#""TemplateProcessing""#, #""ByteLevel""#, "'ByteLevel'"),
            (#""[SEP]","special":true"#, #""[SEP]","special":false"#, "'[SEP]'"),
        ])
    func `what ilk does not do is refused by its name`(change: (from: String, to: String, name: String)) {
        let text = TinyModels.wordPiece.replacingOccurrences(of: change.from, with: change.to)
        #expect(text != TinyModels.wordPiece)
        let error = #expect(throws: IlkError.self) { try Self.open(text) }
        #expect(
            error?.code == .invalidRequest && error?.message.contains(change.name) == true,
            "\(String(describing: error))")
    }

    @Test func `patterns other than spaces, and byte fallback, are refused`() {
        for (from, to) in [("{2,}", "+|x"), (#""unk_id":3"#, #""unk_id":3,"byte_fallback":true"#)] {
            let text = TinyModels.unigram.replacingOccurrences(of: from, with: to)
            #expect(throws: IlkError.self) { try Self.open(text) }
        }
    }

    @Test func `a damaged file is refused or works, and never traps`() {
        for whole in [TinyModels.wordPiece, TinyModels.unigram] {
            Damage.survives(Array(whole.utf8)) { (bytes) throws(IlkError) in try Open.description(bytes) }
        }
    }

    @Test func `a character map in base64, whole and broken`() throws {
        let map = Data(TinyModels.charsmap(["A": "a", "e\u{301}": "b"])).base64EncodedString()
        func text(_ map: String) -> String {
            TinyModels.unigram.replacingOccurrences(
                of: #"{"type":"Nmt"}"#, with: #"{"type":"Precompiled","precompiled_charsmap":"\#(map)"}"#)
        }
        #expect(try Self.open(text(map)).ids(of: "Ae\u{301}") == [7])
        #expect(throws: IlkError.self) { try Self.open(text("?" + map)) }
        #expect(throws: IlkError.self) { try Self.open(text(String(map.prefix(400)))) }
    }

    @Test func `vocab.txt and its settings`() throws {
        let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncafe\ncafé\nCafé\n##s\n熊\n"
        let usual = try Open.vocabulary(vocabulary)
        #expect(usual.prefix == [2] && usual.suffix == [3] && usual.vocabularySize == 9)
        #expect(usual.ids(of: "Cafés 熊 [SEP] x") == [4, 7, 8, 1, 1, 1, 1])
        let cased = try Open.vocabulary(vocabulary, settings: #"{"do_lower_case":false}"#)
        #expect(cased.ids(of: "Cafés café") == [6, 7, 5])
        #expect(
            try Open.vocabulary(vocabulary.replacingOccurrences(of: "\n", with: "\r\n")).ids(of: "cafes") == [4, 7])
        #expect(throws: IlkError.self) { try Open.vocabulary("[UNK]\na\n") }
        #expect(throws: IlkError.self) { try Open.vocabulary(vocabulary + "cafe\n") }
    }

    @Test func `a folder is opened by the first file that there is`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: IlkError.self) { try TokenizerFile.open(folder: folder.path) }
        #expect(error?.code == .notFound)
        func write(_ bytes: [UInt8], _ name: String) throws {
            try Data(bytes).write(to: URL(filePath: folder.file(name)))
        }
        try write(Array("[UNK]\n[CLS]\n[SEP]\na\n".utf8), "vocab.txt")
        #expect(try TokenizerFile.open(folder: folder.path).ids(of: "a") == [3])
        try write(TinyModels.sentencePiece(), "sentencepiece.bpe.model")
        #expect(try TokenizerFile.open(folder: folder.path).ids(of: "a") == [4, 5])
        try write(Array(TinyModels.wordPiece.utf8), "tokenizer.json")
        #expect(try TokenizerFile.open(folder: folder.path).ids(of: "a") == [6])
        try write([], "tokenizer.json")
        let broken = #expect(throws: IlkError.self) { try TokenizerFile.open(folder: folder.path) }
        #expect(broken?.message.contains("tokenizer.json") == true)
    }
}
