import IlkEmbedding
import IlkProtocol
import Testing

@Suite struct `Vocabularies in E5S1 files` {
    @Test func `the pieces of XLM-RoBERTa, its special ones never in text`() throws {
        let tokenizer = try Open.e5s1(TinyModels.e5s1())
        #expect(tokenizer.prefix == [0] && tokenizer.suffix == [2] && tokenizer.vocabularySize == 13)
        #expect(tokenizer.ids(of: "ab abc") == [4, 8, 10])
        #expect(tokenizer.ids(of: "<mask></s>a") == [4, 3, 5, 3, 5] || tokenizer.ids(of: "<mask></s>a").last == 5)
        #expect(!tokenizer.ids(of: "<mask></s>").contains { $0 == 12 || $0 == 2 })
    }

    @Test func `its own rules for single characters, a charsmap's for sequences`() throws {
        let alone = try Open.e5s1(TinyModels.e5s1())
        #expect(alone.ids(of: "Ab\u{200B}\u{3000}c") == [4, 8, 4, 7])
        #expect(alone.ids(of: "e\u{301}") == [4, 3])
        // The map's own rule for A is not asked; without one for B it stays.
        let charsmap = TinyModels.charsmap(["e\u{301}": "é", "A": "c", "B": "c"])
        let both = try Open.e5s1(TinyModels.e5s1(), charsmap: charsmap)
        #expect(both.ids(of: "e\u{301}") == [4, 11])
        #expect(both.ids(of: "AB") == [4, 5, 3])
    }

    @Test func `another file is refused`() {
        #expect(throws: IlkError.self) { try Open.e5s1(Array("GGUF".utf8) + TinyModels.e5s1().dropFirst(4)) }
        var newer = TinyModels.e5s1()
        newer[4] = 2
        let error = #expect(throws: IlkError.self) { try Open.e5s1(newer) }
        #expect(error?.message.contains("version 2") == true)
    }

    @Test func `a damaged file is refused or works, and never traps`() {
        Damage.survives(TinyModels.e5s1()) { (bytes) throws(IlkError) in try Open.e5s1(bytes) }
    }

    @Test func `a damaged charsmap is refused or works, and never traps`() {
        let charsmap = TinyModels.charsmap(["e\u{301}": "é", "AB": "a b", "A": "a"])
        Damage.survives(charsmap) { (bytes) throws(IlkError) in try Open.e5s1(TinyModels.e5s1(), charsmap: bytes) }
        // A replacement without end would make a gigabyte of a megabyte.
        let endless = Array(charsmap.dropLast()) + [UInt8](repeating: 0x61, count: 5_000)
        #expect(throws: IlkError.self) { try Open.e5s1(TinyModels.e5s1(), charsmap: endless) }
    }
}
