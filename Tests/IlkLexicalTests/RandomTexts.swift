import IlkVectors

/// Texts of made-up words, of which some are much more common than others, from a seed.
struct RandomTexts {
    private var random: SplitMix64
    private let words: [String]

    init(seed: UInt64, words count: Int = 2_000) {
        random = SplitMix64(seed: seed)
        words = (0..<count).map { number in
            var rest = number
            var word = ""
            repeat {
                word += ["ka", "lo", "mi", "ne", "ru", "sa", "to", "vi", "wa", "zu"][rest % 10]
                rest /= 10
            } while rest > 0
            return word
        }
    }

    mutating func number(below limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    /// A word; the chance of the n-th falls about as 1 ÷ n.
    mutating func word() -> String {
        let uniform = Double(random.next() >> 11) * 0x1p-53
        var place = 1.0
        var chance = uniform * 11  // 2^11 words
        while chance >= 1 {
            place *= 2
            chance -= 1
        }
        return words[min(words.count - 1, Int(place * (1 + chance)) - 1)]
    }

    mutating func text(_ words: ClosedRange<Int>) -> String {
        let count = words.lowerBound + number(below: words.count)
        return (0..<count).map { _ in word() }.joined(separator: " ")
    }
}
