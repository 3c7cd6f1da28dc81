import IlkLexical
import Testing

@Suite("Sentences and words of a text")
struct SentencesTests {
    private func sentences(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return Sentences.ranges(of: text).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test("English ends at a full stop, and not at Mr. or in 3.5")
    func english() {
        #expect(
            sentences("Mr. Smith paid 3.5 dollars. Was it too much? Yes!")
                == ["Mr. Smith paid 3.5 dollars. ", "Was it too much? ", "Yes!"])
    }

    @Test("Chinese ends at 。！？；, with the closing quote behind them")
    func chinese() {
        #expect(
            sentences("他说：“今天下雨。”我没带伞；你呢？走吧！好")
                == ["他说：“今天下雨。”", "我没带伞；", "你呢？", "走吧！", "好"])
    }

    @Test("Japanese and mixed text too")
    func mixed() {
        #expect(sentences("雨です。Take an umbrella. はい！") == ["雨です。", "Take an umbrella. ", "はい！"])
    }

    @Test("a line feed ends a sentence")
    func lines() {
        #expect(sentences("one\ntwo") == ["one\n", "two"])
    }

    @Test(
        "the ranges are the whole text, whatever it is",
        arguments: [
            "", " ", "；", "；；", "a；", "。", "🐼🐼", "e\u{301}. ́x", "\u{0}a\u{0}", "长长。长",
        ])
    func whole(_ text: String) {
        #expect(sentences(text).joined() == text)
        #expect(Sentences.ranges(of: text).allSatisfy { !$0.isEmpty })
    }

    @Test("words of Chinese and Thai are those of a dictionary")
    func words() {
        let bytes = Array("我们在熊猫店 สวัสดีครับ".utf8)
        var start = 0
        let words = Words.breaks(of: String(decoding: bytes, as: UTF8.self)).map { end in
            defer { start = end }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        #expect(words == ["我们", "在", "熊猫", "店", " ", "สวัสดี", "ครับ"])
    }
}
