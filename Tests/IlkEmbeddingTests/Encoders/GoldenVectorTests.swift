import Glibc
import IlkEmbedding
import IlkProtocol
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

    @Test(
        .enabled(
            if: GoldenModels.has(GoldenModels.e5),
            "SKIPPED: no multilingual-e5-small/e5-small-q4.bin in $ILK_MODELS or ~/.local/share/ilk/models"))
    func `multilingual-e5-small on 4-bit weights gives the vectors of f32 arithmetic`() throws {
        let file = try E5S1File(path: GoldenModels.e5)
        let encoder = try BERTEncoder(EncoderConfiguration(file.header), weights: file)
        #expect(encoder.dimension == 384 && encoder.maximumTokens == 512)
        check(encoder, GoldenVector.e5, component: 5e-5, cosine: 0.999999)
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
    }
}
