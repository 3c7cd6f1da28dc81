import IlkEmbedding
import IlkProtocol

/// Letters as ids, between a first and a last id.
struct LetterTokenizer: Tokenizer {
    let prefix: [Int32] = [1]
    let suffix: [Int32] = [2]
    let vocabularySize = 0x110000

    func ids(of text: String) -> [Int32] { text.unicodeScalars.map { Int32($0.value) } }
}

/// A vector of how often each id stands in a text, and what the test does meanwhile.
struct CountingEncoder: TextEncoder {
    let dimension = 16
    var maximumTokens: Int? = 32
    var arithmetic = "f32"
    /// Called with each batch before it is encoded.
    var before: @Sendable (TokenBatch) -> Void = { _ in }

    func encode(_ batch: TokenBatch, threads: Int) -> [Float] {
        before(batch)
        var rows: [Float] = []
        var start = 0
        for length in batch.lengths {
            var row = [Float](repeating: 0, count: dimension)
            for id in batch.ids[start..<start + length] { row[Int(id) % dimension] += 1 }
            rows += row
            start += length
        }
        return rows
    }
}

/// A model without weights.
enum ToyModel {
    static func make(
        name: String = "toy", encoder: CountingEncoder = CountingEncoder(), prompts: [EmbeddingKind: String] = [:],
        matryoshka: [Int] = [], means: LanguageMeans? = nil,
        content: [(name: String, checksum: UInt64)] = [("weights", 1)]
    ) -> EmbeddingModel {
        var traits = ModelTraits(
            format: .huggingFace, dimension: encoder.dimension, maximumTokens: encoder.maximumTokens, prompts: prompts,
            arithmetic: encoder.arithmetic)
        traits.matryoshkaDimensions = matryoshka
        return EmbeddingModel(
            name: name, traits: traits, tokenizer: LetterTokenizer(), encoder: encoder, means: means, content: content)
    }
}

extension [Float] {
    var length: Float { reduce(0) { $0 + $1 * $1 }.squareRoot() }

    func cosine(_ other: [Float]) -> Float { zip(self, other).reduce(0) { $0 + $1.0 * $1.1 } / (length * other.length) }

    func largestDifference(_ other: [Float]) -> Float {
        count == other.count ? zip(self, other).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }
}
