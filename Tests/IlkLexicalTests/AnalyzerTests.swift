import IlkLexical
import IlkVectors
import Testing

@Suite("Analysis of texts")
struct AnalyzerTests {
    private func terms(_ text: String, _ analyzer: Analyzer = Analyzer()) -> [String] {
        analyzer.tokens(of: text).map(\.term)
    }

    @Test("English: lower case, plurals and possessives without s, nothing left out")
    func english() {
        #expect(
            terms("The boxes of John's cities, trees and glasses; a bus, it's GLASS!")
                == [
                    "the", "box", "of", "john", "city", "tree", "and", "glass", "a", "bus", "it", "glass",
                ])
        #expect(terms("don’t they’re O'Neill") == ["dont", "don", "t", "they", "oneill", "o", "neill"])
        #expect(terms("boxes", Analyzer(options: AnalyzerOptions(stemsPlurals: false))) == ["boxes"])
    }

    @Test("a word with accents is there without and with them, precomposed or not; й is a letter, ё is е")
    func accents() {
        #expect(
            terms("Café cafe\u{301} CAFÉ naïve Đà Nẵng Łódź İstanbul ısı") == [
                "cafe", "café", "cafe", "café", "cafe", "café", "naive", "naïve", "da", "đà", "nang", "nẵng", "lodz",
                "łódź",
                "istanbul", "i\u{307}stanbul", "isi", "ısı",
            ])
        #expect(terms("Ελλάδα ёлка чай") == ["ελλαδα", "ελλάδα", "елка", "ёлка", "чай"])
        #expect(terms("مُحَمَّد أحمد") == ["محمد", "مُحَمَّد", "احمد", "أحمد"])
        #expect(terms("café", Analyzer(options: AnalyzerOptions(foldsAccents: false))) == ["café"])
    }

    @Test("full width is half width, and case is folded in every script")
    func width() {
        #expect(terms("ＡＢＣ１２３ ﾃﾞｰﾀ") == ["abc123", "abc", "123", "データ"])
        #expect(terms("STRASSE straße ΣΊΣΥΦΟΣ ２０２６") == ["strasse", "strasse", "σισυφοσ", "σίσυφοσ", "2026"])
        #expect(terms("٣٤") == ["34"], "digits of any script")
    }

    @Test(
        "model numbers and SKUs are whole and in parts",
        arguments: [
            ("ABC-123", ["abc-123", "abc123", "abc", "123"]),
            ("MX500", ["mx500", "mx", "500"]),
            ("WD/40_a.2", ["wd/40_a.2", "wd40a2", "wd", "40", "a", "2"]),
            (
                "CT500MX500-SSD1",
                [
                    "ct500mx500-ssd1", "ct500mx500ssd1", "ct500mx500", "ct", "500", "mx", "500", "ssd1", "ssd", "1",
                ]
            ),
            ("3.5 1,000 1,2", ["3.5", "1000", "1,2", "1", "2"]),
            ("2026-11-27", ["2026-11-27", "20261127", "2026", "11", "27"]),
            (
                "Wi-Fi and/or AT&T U.S. example.com",
                [
                    "wifi", "wi", "fi", "and", "or", "att", "at", "t", "us", "example.com", "example", "com",
                ]
            ),
            ("-a- 'b' .c. d-", ["a", "b", "c", "d"]),
        ] as [(String, [String])])
    func models(_ text: String, _ wanted: [String]) {
        #expect(terms(text) == wanted)
    }

    @Test("Chinese: words, pairs across and inside them, single characters")
    func chinese() {
        #expect(terms("熊猫玩具") == ["熊猫", "熊", "猫", "猫玩", "玩具", "玩", "具"])
        let mixed = terms("我们在熊猫毛绒玩具店买了ABC-123型号的水晶球")
        for term in ["我们", "熊猫", "毛绒", "绒玩", "玩具", "abc-123", "abc123", "型号", "水晶球", "水晶", "晶球", "球"] {
            #expect(mixed.contains(term), "\(term) of \(mixed)")
        }
        #expect(!mixed.contains("号a") && !mixed.contains("了a"))
    }

    @Test("traditional Chinese is simplified, so that either finds the other")
    func traditional() throws {
        #expect(terms("臺灣的電腦與軟體") == terms("台湾的电脑与软体"))
        let index = try LexicalIndex(fields: [LexicalField(name: "f")])
        index.set(["电脑和软件"], at: Ordinal(0))
        index.set(["電腦遊戲"], at: Ordinal(1))
        index.set(["水果"], at: Ordinal(2))
        #expect(Set(index.search("電腦", k: 5).hits.map(\.ordinal.rawValue)) == [0, 1])
        #expect(Set(index.search("电脑", k: 5).hits.map(\.ordinal.rawValue)) == [0, 1])
        #expect(index.search("果", k: 5).hits.map(\.ordinal.rawValue) == [2], "a single character of a word")
    }

    @Test("Japanese and Thai are cut by dictionary, Korean has its pairs")
    func others() {
        let japanese = terms("東京都で新しいスマートフォンを買いました")
        for term in ["东京", "で", "新しい", "スマート", "フォン", "を"] {
            #expect(japanese.contains(term), "\(term) of \(japanese)")
        }
        #expect(terms("สวัสดีครับ") == ["สวัสดี", "ครับ"])
        #expect(terms("서울특별시에서") == ["서울특별시에서", "서울", "울특", "특별", "별시", "시에", "에서"])
        #expect(terms("नमस्ते दुनिया") == ["नमस्ते", "दुनिया"])
        #expect(terms("שָׁלוֹם").first == "שלום")
    }

    @Test("a word and its parts stand at one place, and the next word at the next")
    func positions() {
        let tokens = Analyzer().tokens(of: "a MX500 b ABC-123 c")
        #expect(tokens.map(\.position) == [0, 1, 1, 1, 2, 3, 3, 3, 4, 5])
    }

    @Test("tokens know their characters in the original, whatever was folded")
    func origins() {
        for text in ["a🐼b cafe\u{301}s １２３ ﾃﾞｰﾀ 電腦 ½ ﬁsh 👩‍👩‍👧x", "\u{0}a\u{0}", "x\u{301}\u{302}"] {
            let scalars = Array(text.unicodeScalars)
            for token in Analyzer().tokens(of: text) {
                #expect(token.characters.lowerBound >= 0 && token.characters.upperBound <= scalars.count)
                #expect(!token.characters.isEmpty)
            }
        }
        func original(_ text: String, _ term: String) -> [String] {
            let scalars = Array(text.unicodeScalars)
            return Analyzer().tokens(of: text).filter { $0.term == term }.map { token in
                String(String.UnicodeScalarView(scalars[token.characters]))
            }
        }
        #expect(original("🐼🐼 cafe\u{301}s!", "cafe") == ["cafe\u{301}s"])
        #expect(original("一台電腦。", "电脑") == ["電腦"])
        #expect(original("ﾃﾞｰﾀです", "データ") == ["ﾃﾞｰﾀ"])
        #expect(original("ＡＢＣ－１２３", "abc123") == ["ＡＢＣ－１２３"])
        #expect(original("oﬃce", "office") == ["oﬃce"])
    }

    @Test(
        "anything is analyzed without a trap",
        arguments: [
            "", "\u{0}", "\u{FEFF}\u{200B}", "\u{301}\u{302}", "🏳️‍🌈🇨🇳", "\u{10FFFF}\u{E000}", "𠮷野家𠀀𠀁", "ᄀ\u{1161}\u{11A8}",
            "a\u{300}".repeated(3_000), "长".repeated(3_000), "ﷺ".repeated(300), "x".repeated(100_000),
            "-'./_&".repeated(100), "٠١".repeated(100),
        ])
    func nasty(_ text: String) {
        let count = text.unicodeScalars.count
        for token in Analyzer(dictionary: WordList(["c++", "𠮷野", "长长"])).tokens(of: text) {
            #expect(!token.term.isEmpty && token.term.utf8.count <= 120)
            #expect(token.characters.upperBound <= count)
        }
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
