import IlkKnowledge
import IlkVectors

/// Counts tokens as a subword tokenizer does, roughly: four letters, a sign of any other kind.
///
/// Not additive, like a real one: a word cut in two may have more tokens than the word, two words never have fewer.
@Sendable func countTokens(_ text: String) -> Int {
    var tokens = 0
    var letters = 0
    for scalar in text.unicodeScalars {
        if scalar.value < 0x2E80, scalar.properties.isAlphabetic {
            if letters % 4 == 0 { tokens += 1 }
            letters += 1
        } else {
            letters = 0
            if !scalar.properties.isWhitespace { tokens += 1 }
        }
    }
    return tokens
}

func makeSplitter(target: Int = 60, limit: Int = 120, overlap: Double = 0.15) throws -> PassageSplitter {
    PassageSplitter(try PassageParameters(target: target, limit: limit, overlap: overlap), counting: countTokens)
}

func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace || scalar.value == 0xFEFF }

/// The scalars of a text over a range, without the library's help.
func slice(_ text: String, _ range: Range<Int>) -> [Unicode.Scalar] { Array(Array(text.unicodeScalars)[range]) }

extension String {
    init(_ scalars: [Unicode.Scalar]) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self = String(view)
    }
}

/// Random documents, the same for the same seed.
struct TextGenerator {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func int(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
    mutating func chance(_ percent: Int) -> Bool { int(0..<100) < percent }
    mutating func pick<T>(_ choices: [T]) -> T { choices[int(0..<choices.count)] }

    static let words = [
        "silk", "loom", "worm", "thread", "the", "a", "of", "weaves", "is", "mulberry", "Dr.", "3.14", "naïve", "e.g.",
        "antidisestablishmentarianism", "👩‍👩‍👧", "שלום", "مرحبا", "ผ้าไหม", "熊猫", "e\u{301}",
    ]
    static let han: [Unicode.Scalar] = Array("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年".unicodeScalars)

    mutating func sentence() -> String {
        if chance(30) {
            return String((0..<int(3..<40)).map { _ in pick(Self.han) }) + pick(["。", "！", "？", "；"])
        }
        return (0..<int(1..<25)).map { _ in pick(Self.words) }.joined(separator: " ") + pick([".", "!", "?", ""])
    }

    mutating func paragraph() -> String {
        let end = pick(["\n", "\n", " ", "  ", "\r\n", ""])
        return (0..<int(1..<9)).map { _ in sentence() }.joined(separator: end)
    }

    /// A run of signs that mean something in Markdown, HTML or nothing at all.
    mutating func noise() -> String {
        let signs = [
            "#", "##", "```", "~~~", "|", "---", "| - | - |", ">", "> >", "- ", "1. ", "    ", "\t", "\n", "\r", "\r\n",
            "\0", "<div>", "</p>", "<pre>", "<table><tr><td>", "&amp;", "&#x1F600;", "<!--", "]]>", "[a](b)",
            "\u{202E}",
            "\u{FEFF}", "\u{2028}", "a", " ", "熊", "=", "===", "*", "_x_", "\u{1F468}\u{200D}\u{1F469}", "\u{301}",
        ]
        return (0..<int(0..<60)).map { _ in pick(signs) }.joined()
    }

    mutating func markdown() -> String {
        (0..<int(1..<30)).map { _ in
            switch int(0..<12) {
            case 0...1: "\(String(repeating: "#", count: int(1..<5))) \(pick(Self.words)) \(int(0..<100))"
            case 2: "```swift\n\((0..<int(1..<20)).map { "let x\($0) = \($0)" }.joined(separator: "\n"))\n```"
            case 3: "| a | b |\n|---|---|\n" + (0..<int(1..<15)).map { "| \($0) | silk |" }.joined(separator: "\n")
            case 4: (0..<int(1..<8)).map { _ in "- " + sentence() }.joined(separator: "\n")
            case 5: "> " + paragraph()
            case 6: noise()
            default: paragraph()
            }
        }.joined(separator: pick(["\n\n", "\n\n", "\r\n\r\n", "\n\n\n"]))
    }
}
