import Glibc
import IlkEmbedding
import IlkProtocol
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `BERT encoder` {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    static let shapes: [EncoderConfiguration] = [
        EncoderConfiguration(
            hidden: 64, layers: 2, heads: 2, feedForward: 96, vocabulary: 50, positions: 40, epsilon: 1e-12),
        // Nothing of this is a multiple of a register.
        EncoderConfiguration(
            hidden: 36, layers: 2, heads: 3, feedForward: 50, vocabulary: 23, positions: 30, positionOffset: 2,
            epsilon: 1e-5, activation: .geluTanh, pooling: .cls),
        EncoderConfiguration(
            hidden: 20, layers: 3, heads: 1, feedForward: 33, vocabulary: 11, positions: 20, epsilon: 1e-6,
            activation: .relu),
        EncoderConfiguration(
            hidden: 48, layers: 1, heads: 12, feedForward: 64, vocabulary: 30, positions: 70, positionOffset: 1,
            pooling: .cls),
    ]

    private func encoder(
        _ model: TinyBERT, as element: WeightFiles.Element = .f32, prefix: String = ""
    ) throws -> BERTEncoder {
        let path = folder.write(WeightFiles.safetensors(model, as: element, prefix: prefix), "model.safetensors")
        return try BERTEncoder(model.configuration, weights: try SafetensorsFile(path: path))
    }

    private func check(_ encoder: BERTEncoder, _ model: TinyBERT, tolerance: Double, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let longest = model.configuration.maximumTokens
        let batch = TokenBatch(
            texts: 9, lengths: 1...longest, vocabulary: model.configuration.vocabulary, &random)
        let vectors = encoder.encode(batch, threads: 1)
        #expect(vectors.count == 9 * encoder.dimension)
        for (number, ids) in batch.texts.enumerated() {
            let own = vectors[number * encoder.dimension..<(number + 1) * encoder.dimension]
            #expect(difference(own, model.vector(ids)) <= tolerance, "text \(number) of \(ids.count) tokens")
        }
    }

    @Test(arguments: shapes.indices)
    func `vectors are those of double precision arithmetic`(shape: Int) throws {
        let model = TinyBERT(Self.shapes[shape], seed: UInt64(shape))
        check(try encoder(model), model, tolerance: 1e-5, seed: 1)
    }

    @Test(arguments: [WeightFiles.Element.f16, .bf16], ["", "bert.", "roberta."])
    func `shorter floats and prefixed names are read`(element: WeightFiles.Element, prefix: String) throws {
        var model = TinyBERT(Self.shapes[1], seed: 5)
        let encoder = try encoder(model, as: element, prefix: prefix)
        for number in model.tensors.indices {
            model.tensors[number].values = model.tensors[number].values.map { value in
                element == .f16
                    ? EncoderKernels.half(WeightFiles.half(value))
                    : Float(bitPattern: value.bitPattern & 0xFFFF_0000)
            }
        }
        check(encoder, model, tolerance: 1e-5, seed: 2)
    }

    @Test func `4-bit weights give what their values give in double precision`() throws {
        var configuration = Self.shapes[0]
        configuration.hidden = 96
        configuration.heads = 3
        configuration.feedForward = 160
        var model = TinyBERT(configuration, seed: 11)
        let path = folder.write(WeightFiles.e5s1(&model), "model.bin")
        let file = try E5S1File(path: path)
        #expect(EncoderConfiguration(file.header) == configuration)
        let encoder = try BERTEncoder(EncoderConfiguration(file.header), weights: file)
        #expect(encoder.arithmetic == "q4s8")
        check(encoder, model, tolerance: 1e-2, seed: 3)
    }

    @Test func `weights rounded to 8 bits give nearly what they were`() throws {
        let model = TinyBERT(Self.shapes[0], seed: 12)
        let path = folder.write(WeightFiles.safetensors(model, as: .f32), "model.safetensors")
        let encoder = try BERTEncoder(
            model.configuration, weights: try SafetensorsFile(path: path), arithmetic: .q8s8)
        #expect(encoder.arithmetic == "q8s8")
        check(encoder, model, tolerance: 1e-2, seed: 4)
    }

    @Test(arguments: [0, 1, 2])
    func `a text's vector depends neither on its batch nor on the threads`(kind: Int) throws {
        var model = TinyBERT(Self.shapes[min(kind, 1)], seed: 21)
        let encoder: BERTEncoder
        if kind == 2 {
            model = TinyBERT(Self.shapes[0], seed: 22)
            let path = folder.write(WeightFiles.e5s1(&model), "model.bin")
            encoder = try BERTEncoder(model.configuration, weights: try E5S1File(path: path))
        } else {
            encoder = try self.encoder(model)
        }
        var random = SplitMix64(seed: UInt64(kind))
        let longest = model.configuration.maximumTokens
        for round in 0..<25 {
            let batch = TokenBatch(
                texts: Int.random(in: 1...60, using: &random), lengths: 1...longest,
                vocabulary: model.configuration.vocabulary, &random)
            let together = encoder.encode(batch, threads: 1 + round % 4)
            for (number, ids) in batch.texts.enumerated() {
                var alone = TokenBatch()
                alone.append(ids)
                let own = together[number * encoder.dimension..<(number + 1) * encoder.dimension]
                let single = encoder.encode(alone, threads: 1 + number % 3).map(Double.init)
                #expect(difference(own, single) <= 1e-5)
            }
        }
    }

    @Test func `several threads may encode at once`() throws {
        let model = TinyBERT(Self.shapes[0], seed: 31)
        let encoder = try encoder(model)
        var random = SplitMix64(seed: 4)
        let batch = TokenBatch(
            texts: 40, lengths: 1...40, vocabulary: model.configuration.vocabulary, &random)
        let expected = encoder.encode(batch, threads: 1).map(Double.init)
        Workers.run(4) { number in
            for _ in 0..<20 {
                #expect(difference(encoder.encode(batch, threads: 1 + number % 3), expected) <= 1e-5)
            }
        }
    }

    @Test func `odd input gives vectors and no fault`() throws {
        let model = TinyBERT(Self.shapes[1], seed: 41)
        let encoder = try encoder(model)
        #expect(encoder.encode(TokenBatch(), threads: 2) == [])
        var batch = TokenBatch()
        batch.append([])
        batch.append([-7, 1_000_000, .max])
        batch.append((0..<500).map { _ in 3 })
        batch.append([4, 5])
        let vectors = encoder.encode(batch, threads: 2)
        #expect(vectors.prefix(36).allSatisfy { $0 == 0 })
        #expect(vectors.allSatisfy { $0.isFinite })
        #expect(difference(vectors[36..<72], model.vector([0, 0, 0])) <= 1e-5)
        #expect(difference(vectors[108...], model.vector([4, 5])) <= 1e-5)
        batch.lengths[2] = 1_000_000
        #expect(encoder.encode(batch, threads: 1).count == 4 * 36)
    }

    @Test func `weights of another model are refused with what is wrong`() throws {
        let model = TinyBERT(Self.shapes[0], seed: 51)
        let path = folder.write(WeightFiles.safetensors(model), "model.safetensors")
        let file = try SafetensorsFile(path: path)
        var other = model.configuration
        other.layers = 3
        let missing = #expect(throws: IlkError.self) { try BERTEncoder(other, weights: file) }
        #expect(missing?.message.contains("encoder.layer.2.attention.self.query.weight") == true)
        other = model.configuration
        other.vocabulary = 51
        let shape = #expect(throws: IlkError.self) { try BERTEncoder(other, weights: file) }
        #expect(shape?.message.contains("[50, 64]") == true)
        other = model.configuration
        other.heads = 5
        #expect(throws: IlkError.self) { try BERTEncoder(other, weights: file) }
        other.heads = 0
        #expect(throws: IlkError.self) { try BERTEncoder(other, weights: file) }
        other = model.configuration
        other.positionOffset = 40
        #expect(throws: IlkError.self) { try BERTEncoder(other, weights: file) }
    }
}
