import Foundation
import IlkLexical
import IlkProtocol
import IlkTestSupport
import IlkVectors
import Testing

@Suite("A user's dictionary and synonyms")
struct WordsOfTheUserTests {
    private func index(_ texts: [String], _ analyzer: Analyzer) throws -> LexicalIndex {
        let index = try LexicalIndex(fields: [LexicalField(name: "f")], analyzer: analyzer)
        for (ordinal, text) in texts.enumerated() { index.set([text], at: Ordinal(UInt32(ordinal))) }
        return index
    }

    private func found(_ query: String, _ index: LexicalIndex) -> [UInt32] {
        index.search(query, k: 10).hits.map(\.ordinal.rawValue).sorted()
    }

    @Test("a word of the dictionary is a term where it stands whole, in any form")
    func dictionary() {
        let analyzer = Analyzer(dictionary: WordList(text: "# brands\nC++\n  New  York \n毛絨\n.NET\n\nx\n"))
        func terms(_ text: String) -> [String] { analyzer.tokens(of: text).map(\.term) }
        #expect(terms("C++ in ＮＥＷ\u{3000}york").contains("c++"))
        #expect(terms("ac++") == ["ac"], "not inside another word")
        #expect(terms("anew york") == ["anew", "york"])
        #expect(terms("毛绒玩具").filter { $0 == "毛绒" }.count == 1)
        #expect(terms("use .net now").contains(".net"))
    }

    @Test("a query that has such a word does not ask for its characters")
    func query() throws {
        let plain = try index(["毛绒玩具", "绒布"], Analyzer())
        #expect(found("毛绒", plain) == [0, 1])
        let own = try index(["毛绒玩具", "绒布"], Analyzer(dictionary: WordList(["毛绒"])))
        #expect(found("毛绒", own) == [0])
    }

    @Test("synonyms ask for each other, and what stands behind an arrow is asked for instead")
    func synonyms() throws {
        let rules = "sofa, couch, 沙发\n# shops\ntv => television, 电视\nnotebook computer, laptop"
        let analyzer = Analyzer(synonyms: try Synonyms(text: rules))
        let index = try index(
            ["red sofa", "blue couches", "一张沙发", "tv stand", "television", "电视柜", "laptop", "computer desk", "paper"],
            analyzer)
        #expect(found("sofas", index) == [0, 1, 2])
        #expect(found("沙發", index) == [0, 1, 2])
        #expect(found("TV", index) == [4, 5], "and not tv")
        #expect(found("notebook computer", index) == [6, 7])
        #expect(found("laptop", index) == [6, 7])
        #expect(index.search("sofa", k: 1).hits.first?.ordinal == Ordinal(0), "what was typed comes first")
        index.replaceSynonyms(try Synonyms(text: "laptop, paper"))
        #expect(found("sofa", index) == [0] && found("laptop", index) == [6, 8])
    }

    @Test("a line that is no rule is told with its number", arguments: ["a, b\nalone", "# x\n=> b", "\na =>", ","])
    func refusals(_ text: String) {
        let error = #expect(throws: IlkError.self) { try Synonyms(text: text) }
        #expect(error?.message.contains("line ") == true)
    }

    @Test("files are read again when they change, and only then")
    func reload() throws {
        let folder = try TemporaryFolder()
        let (words, rules) = (folder.file("words.txt"), folder.file("synonyms.txt"))
        func write(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
        try write("c++\n", words)
        try write("a, b\n", rules)
        let files = try AnalyzerFiles(dictionary: words, synonyms: rules)
        let before = files.analyzer.fingerprint
        #expect(try files.reload() == .nothing)
        try write("aa, b\n", rules)
        #expect(try files.reload() == .synonyms && files.analyzer.fingerprint == before)
        try write("c++\nc#\n", words)
        #expect(try files.reload() == .dictionary && files.analyzer.fingerprint != before)
        #expect(files.analyzer.tokens(of: "c#").map(\.term) == ["c#", "c"])
        try write("# a remark\nC#\nc++\n", words)
        #expect(try files.reload() == .nothing, "the same words")
        try write("alone\n", rules)
        let error = #expect(throws: IlkError.self) { try files.reload() }
        #expect(error?.message.contains("synonyms.txt: line 1") == true)
        #expect(files.analyzer.tokens(of: "c#").map(\.term) == ["c#", "c"], "it stays as it was")
        #expect(throws: IlkError.self) { try AnalyzerFiles(dictionary: folder.file("none"), synonyms: nil) }
        try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: words))
        #expect(throws: IlkError.self) { try AnalyzerFiles(dictionary: words, synonyms: nil) }
    }

    @Test("highlights are the characters of the original text")
    func highlights() throws {
        let index = try index(["x"], Analyzer(synonyms: Synonyms(text: "sofa, couch")))
        func marked(_ text: String, _ query: String) -> [String] {
            let scalars = Array(text.unicodeScalars)
            return index.highlights(of: text, for: query).map { String(String.UnicodeScalarView(scalars[$0])) }
        }
        #expect(marked("🐼 Two boxes, one Box.", "box") == ["boxes", "Box"])
        #expect(marked("我的電腦壞了", "电脑") == ["電腦"])
        #expect(marked("熊猫毛绒玩具店", "毛绒玩具") == ["毛绒玩具"], "what touches is one")
        #expect(marked("cafe\u{301}s 👩‍👩‍👧 ＡＢＣ－１２３!", "café abc123") == ["cafe\u{301}s", "ＡＢＣ－１２３"])
        #expect(marked("a couch", "sofa") == ["couch"])
        #expect(marked("nothing here", "sofa").isEmpty && marked("", "sofa").isEmpty && marked("sofa", "").isEmpty)
    }

    @Test("what most documents have is not highlighted, unless nothing else is asked for")
    func common() throws {
        let index = try index((0..<40).map { "the word\($0 % 4 == 0 ? " rare" : "")" }, Analyzer())
        #expect(index.highlights(of: "the rare word", for: "the rare") == [4..<8])
        #expect(index.highlights(of: "the rare word", for: "the") == [0..<3])
    }
}
