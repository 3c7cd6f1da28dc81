import Glibc
import IlkEmbedding
import IlkProtocol
import IlkVectors
import Testing

/// The folder of models that are there to be tested with.
enum GoldenModels {
    static let path: String = {
        if let path = unsafe getenv("ILK_MODELS") { return unsafe String(cString: path) }
        guard let home = unsafe getenv("HOME") else { return "/" }
        return unsafe String(cString: home) + "/.local/share/ilk/models"
    }()

    static let e5 = path + "/multilingual-e5-small/e5-small-q4.bin"
    static let miniLM = path + "/all-minilm-l6-v2/model.safetensors"

    static func has(_ file: String) -> Bool { unsafe access(file, R_OK) == 0 }
}

@Suite struct `Golden vectors` {
    private func check(_ encoder: BERTEncoder, _ golden: [GoldenVector], component: Double, cosine: Double) {
        var batch = TokenBatch()
        for text in golden { batch.append(text.ids) }
        for threads in [1, 2] {
            let vectors = encoder.encode(batch, threads: threads)
            for (number, text) in golden.enumerated() {
                let own = vectors[number * encoder.dimension..<(number + 1) * encoder.dimension]
                let expected = text.vector.map(Double.init)
                #expect(difference(own, expected) <= component)
                func norm(_ vector: some Sequence<Double>) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
                let product = zip(own, expected).reduce(0) { $0 + Double($1.0) * $1.1 }
                #expect(product / norm(own.map(Double.init)) / norm(expected) >= cosine)
            }
        }
    }

    /// Random texts, in a batch and each alone.
    private func checkBatches(_ encoder: BERTEncoder) {
        var random = SplitMix64(seed: 77)
        for threads in [1, 2] {
            let batch = TokenBatch(
                texts: 11, lengths: 1...70, vocabulary: encoder.configuration.vocabulary, &random)
            let together = encoder.encode(batch, threads: threads)
            for (number, ids) in batch.texts.enumerated() {
                var alone = TokenBatch()
                alone.append(ids)
                let own = together[number * encoder.dimension..<(number + 1) * encoder.dimension]
                #expect(difference(own, encoder.encode(alone, threads: 3 - threads).map(Double.init)) <= 1e-5)
            }
        }
    }

    @Test(
        .enabled(
            if: GoldenModels.has(GoldenModels.e5),
            "SKIPPED: no multilingual-e5-small/e5-small-q4.bin in $ILK_MODELS or ~/.local/share/ilk/models"))
    func `multilingual-e5-small on 4-bit weights gives the vectors of f32 arithmetic`() throws {
        let file = try E5S1File(path: GoldenModels.e5)
        let encoder = try BERTEncoder(EncoderConfiguration(file.header), weights: file)
        #expect(encoder.dimension == 384 && encoder.maximumTokens == 512)
        check(encoder, GoldenVector.e5, component: 2e-3, cosine: 0.9999)
        checkBatches(encoder)
    }

    @Test(
        .enabled(
            if: GoldenModels.has(GoldenModels.miniLM),
            "SKIPPED: no all-minilm-l6-v2/model.safetensors in $ILK_MODELS or ~/.local/share/ilk/models"))
    func `all-MiniLM-L6-v2 gives another implementation's vectors`() throws {
        let encoder = try BERTEncoder(
            EncoderConfiguration(
                hidden: 384, layers: 6, heads: 12, feedForward: 1_536, vocabulary: 30_522, positions: 512),
            weights: try SafetensorsFile(path: GoldenModels.miniLM))
        check(encoder, GoldenVector.miniLM, component: 1e-5, cosine: 0.999999)
        checkBatches(encoder)
    }
}
