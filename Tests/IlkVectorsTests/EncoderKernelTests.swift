import CIlkKernels
import Glibc
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Encoder kernels` {
    static var count: Int {
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<ilk_encoder_kernels>?.self, capacity: 3) { sets in
            unsafe ilk_encoder_kernels_available(sets.baseAddress)
        }
    }

    static func table(_ number: Int) -> UnsafePointer<ilk_encoder_kernels> {
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<ilk_encoder_kernels>?.self, capacity: 3) { sets in
            _ = unsafe ilk_encoder_kernels_available(sets.baseAddress)
            return unsafe sets[number]!
        }
    }

    private func uniform(_ count: Int, seed: UInt64) -> [Float] {
        RandomVectors.uniform(1, dimension: count, seed: seed)[0]
    }

    /// `a · wᵀ + bias` in double precision, with the sum of the absolute terms.
    private func product(
        _ a: [Float], _ weights: [Float], _ bias: [Float], inputs: Int
    ) -> [(sum: Double, size: Double)] {
        (0..<a.count / inputs).flatMap { row in
            bias.indices.map { output in
                var sum = Double(bias[output])
                var size = abs(sum)
                for input in 0..<inputs {
                    let term = Double(a[row * inputs + input]) * Double(weights[output * inputs + input])
                    sum += term
                    size += abs(term)
                }
                return (sum, size)
            }
        }
    }

    /// Random Q4_0 blocks with scales of very different sizes.
    private func blocks(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<count).flatMap { _ in
            [UInt8.random(in: 0...255, using: &random), UInt8.random(in: 0x1C...0x30, using: &random)]
                + (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }

    @Test(arguments: 0..<count, [(1, 1), (7, 16), (33, 17), (64, 48), (100, 5), (384, 31)])
    func `f32 linear layers agree with double precision`(set: Int, shape: (inputs: Int, outputs: Int)) {
        let kernels = unsafe Self.table(set)
        let (inputs, outputs) = shape
        let weights = uniform(inputs * outputs, seed: 1)
        let bias = uniform(outputs, seed: 2)
        var packed = [Float](repeating: .nan, count: ilk_packed_f32_count(inputs, outputs))
        unsafe ilk_pack_f32(weights, inputs, outputs, &packed)
        let width = ilk_panels(outputs) * 16
        let padded = bias + [Float](repeating: 0, count: width - outputs)
        for rows in [0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 25] {
            let a = uniform(rows * inputs, seed: UInt64(rows))
            var out = [Float](repeating: .nan, count: rows * width)
            unsafe kernels.pointee.linear_f32(a, inputs, rows, packed, padded, inputs, outputs, &out, width)
            let expected = product(a, weights, bias, inputs: inputs)
            for row in 0..<rows {
                for output in 0..<outputs {
                    let (sum, size) = expected[row * outputs + output]
                    #expect(abs(Double(out[row * width + output]) - sum) <= size * Double(inputs + 1) * 6e-8)
                }
            }
        }
    }

    static let integerShapes = [(32, 16), (64, 33), (384, 32), (416, 5), (1_536, 16)]

    @Test(arguments: 0..<count, integerShapes)
    func `4-bit linear layers agree with their dequantised weights`(set: Int, shape: (inputs: Int, outputs: Int)) {
        let (weights, packed) = packedQ4(shape)
        check(set: set, shape, bits: 4, weights, packed, outliers: false, tolerance: 1e-2)
    }

    @Test(arguments: 0..<count, integerShapes)
    func `a block with an outlier keeps its other inputs`(set: Int, shape: (inputs: Int, outputs: Int)) {
        let (weights, packed) = packedQ4(shape)
        check(set: set, shape, bits: 4, weights, packed, outliers: true, tolerance: 2e-3)
    }

    @Test(arguments: 0..<count, integerShapes)
    func `8-bit linear layers agree with the weights that were rounded`(
        set: Int, shape: (inputs: Int, outputs: Int)
    ) {
        let weights = uniform(shape.inputs * shape.outputs, seed: 7)
        let packed = packedQ8(weights, shape)
        check(set: set, shape, bits: 8, weights, packed, outliers: false, tolerance: 1e-2)
        // The outlier's own weight is off by up to half a step.
        check(set: set, shape, bits: 8, weights, packed, outliers: true, tolerance: 2e-2)
    }

    @Test(arguments: 0..<count)
    func `8-bit sums hold the largest integers that there are`(set: Int) {
        // The largest products that a block can have.
        let weights = (0..<64 * 16).map { Float($0 / 64 % 2 == 0 ? 1 : -1) }
        check(
            set: set, (64, 16), bits: 8, weights, packedQ8(weights, (64, 16)), outliers: false, tolerance: 1e-5,
            inputs: { Float($0 / 64 % 2 == 0 ? 1 : -1) })
    }

    @Test(arguments: 0..<count)
    func `a weight that is no number is one in the outputs`(set: Int) {
        let kernels = unsafe Self.table(set)
        var weights = uniform(64 * 16, seed: 8)
        weights[64 * 3 + 40] = .nan
        weights[64 * 5 + 2] = .infinity
        let packed = packedQ8(weights, (64, 16))
        let bias = [Float](repeating: 0, count: 16)
        var quantized = [Int32](repeating: .max, count: ilk_quantized_size(1, 64) / 4)
        var out = [Float](repeating: 0, count: 16)
        unsafe kernels.pointee.quantize(uniform(64, seed: 9), 64, 1, 64, &quantized)
        unsafe kernels.pointee.linear_integers(quantized, 1, packed.bytes, 8, bias, 64, 16, &out, 16)
        #expect(out.indices.filter { !out[$0].isFinite } == [3, 5])
    }

    /// Bytes on a cache line's boundary.
    @safe private final class Packed {
        let bytes: UnsafeMutablePointer<UInt8>

        init(_ count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void) {
            unsafe bytes = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
                .bindMemory(to: UInt8.self, capacity: count)
            unsafe write(bytes)
        }

        deinit { unsafe bytes.deallocate() }
    }

    private func packedQ4(_ shape: (inputs: Int, outputs: Int)) -> (weights: [Float], packed: Packed) {
        let (inputs, outputs) = shape
        let blocks = blocks(inputs * outputs / 32, seed: 3)
        var weights = [Float](repeating: .nan, count: inputs * outputs)
        unsafe ilk_expand_q4(blocks, inputs * outputs / 32, &weights)
        let packed = unsafe Packed(ilk_packed_q4_size(inputs, outputs)) {
            unsafe ilk_pack_q4(blocks, inputs, outputs, $0)
        }
        return (weights, packed)
    }

    private func packedQ8(_ weights: [Float], _ shape: (inputs: Int, outputs: Int)) -> Packed {
        unsafe Packed(ilk_packed_q8_size(shape.inputs, shape.outputs)) {
            unsafe ilk_pack_q8(weights, shape.inputs, shape.outputs, $0)
        }
    }

    private func check(
        set: Int, _ shape: (inputs: Int, outputs: Int), bits: Int32, _ weights: [Float], _ packed: Packed,
        outliers: Bool, tolerance: Double, inputs given: ((Int) -> Float)? = nil
    ) {
        let kernels = unsafe Self.table(set)
        let (inputs, outputs) = shape
        let bias = uniform(outputs, seed: 4)
        let width = ilk_panels(outputs) * 16
        let padded = bias + [Float](repeating: 0, count: width - outputs)
        for rows in [0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 25] {
            var a = given.map { (0..<rows * inputs).map($0) } ?? uniform(rows * inputs, seed: UInt64(rows))
            // One input of a block is 40 times the others: with 8 bits for all they would be nothing.
            if outliers { for place in stride(from: 5, to: a.count, by: 32) { a[place] = 40 } }
            var quantized = [Int32](repeating: .max, count: ilk_quantized_size(rows, inputs) / 4)
            var out = [Float](repeating: .nan, count: rows * width)
            unsafe kernels.pointee.quantize(a, inputs, rows, inputs, &quantized)
            unsafe kernels.pointee.linear_integers(
                quantized, rows, packed.bytes, bits, padded, inputs, outputs, &out, width)
            let expected = product(a, weights, bias, inputs: inputs)
            for row in 0..<rows {
                for output in 0..<outputs {
                    let (sum, size) = expected[row * outputs + output]
                    #expect(abs(Double(out[row * width + output]) - sum) <= size * tolerance)
                }
            }
        }
    }

    @Test(arguments: 0..<count)
    func `what has no integer form does not spoil other rows`(set: Int) {
        let kernels = unsafe Self.table(set)
        var packed = [UInt8](repeating: 0, count: ilk_packed_q4_size(96, 16))
        unsafe ilk_pack_q4(blocks(3 * 16, seed: 12), 96, 16, &packed)
        let bias = uniform(16, seed: 13)
        func run(_ a: [Float]) -> [Float] {
            var quantized = [Int32](repeating: .max, count: ilk_quantized_size(2, 96) / 4)
            var out = [Float](repeating: .nan, count: 32)
            unsafe kernels.pointee.quantize(a, 96, 2, 96, &quantized)
            unsafe kernels.pointee.linear_integers(quantized, 2, packed, 4, bias, 96, 16, &out, 16)
            return out
        }
        var a = [Float](repeating: 1, count: 192)
        let sound = run(a)
        for place in 0..<32 { a[place] = 1e-35 }
        a[40] = .infinity
        a[70] = .nan
        #expect(run(a)[16...] == sound[16...])
        for place in 0..<96 { a[place] = 1e-35 }
        #expect(run(a)[..<16] == bias[...])
    }

    @Test(arguments: 0..<count, [EncoderKernels.Activation.gelu, .geluTanh, .relu])
    func `activations agree with double precision`(set: Int, activation: EncoderKernels.Activation) {
        let kernels = unsafe Self.table(set)
        for count in [0, 1, 7, 8, 9, 1_000] {
            let x = uniform(count, seed: UInt64(count)).map { 12 * $0 }
            var out = x
            let code = [ILK_GELU, ILK_GELU_TANH, ILK_RELU][[.gelu, .geluTanh, .relu].firstIndex(of: activation)!]
            unsafe kernels.pointee.activate(&out, count, Int32(code))
            for (value, result) in zip(x.map(Double.init), out) {
                let expected =
                    switch activation {
                    case .gelu: value / 2 * erfc(-value / 2.0.squareRoot())
                    case .geluTanh:
                        value
                            / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (value + 0.044715 * value * value * value)))
                    case .relu: max(0, value)
                    }
                #expect(abs(Double(result) - expected) <= 1e-6 * max(1, abs(value)), "\(value)")
            }
        }
    }

    @Test(arguments: 0..<count, [1, 7, 8, 20, 384, 385])
    func `a layer norm agrees with double precision`(set: Int, width: Int) {
        let stride = width + 3
        let x = uniform(4 * stride, seed: 5).map { 40 + $0 }
        let delta = uniform(4 * width, seed: 6)
        let gain = uniform(width, seed: 7)
        let bias = uniform(width, seed: 8)
        var out = x
        unsafe Self.table(set).pointee.add_norm(&out, stride, delta, width, 4, width, gain, bias, 1e-5)
        for row in 0..<4 {
            let values = (0..<width).map { Double(x[row * stride + $0] + delta[row * width + $0]) }
            let mean = values.reduce(0, +) / Double(width)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
            for place in 0..<width {
                let expected =
                    (values[place] - mean) / (variance + 1e-5).squareRoot() * Double(gain[place]) + Double(bias[place])
                #expect(abs(Double(out[row * stride + place]) - expected) <= 2e-5)
            }
            for place in width..<stride { #expect(out[row * stride + place] == x[row * stride + place]) }
        }
    }

    @Test(arguments: 0..<count, [(1, 32), (5, 8), (12, 32), (17, 12), (40, 64), (130, 5)])
    func `attention agrees with double precision`(set: Int, shape: (tokens: Int, size: Int)) {
        let (tokens, size) = shape
        let stride = 3 * size + 1
        let projections = uniform(tokens * stride, seed: 9).map { 2 * $0 }
        var scratch = [Float](repeating: .nan, count: ilk_attention_scratch(tokens, size))
        let outStride = size + 2
        var out = [Float](repeating: 77, count: tokens * outStride)
        unsafe projections.withUnsafeBufferPointer { base in
            let q = base.baseAddress!
            unsafe Self.table(set).pointee.attention(
                q, q + size, q + 2 * size, stride, tokens, size, 0.4, &scratch, &out, outStride)
        }
        func at(_ token: Int, _ part: Int, _ place: Int) -> Double {
            Double(projections[token * stride + part * size + place])
        }
        for token in 0..<tokens {
            let scores = (0..<tokens).map { other in
                0.4 * (0..<size).reduce(0) { $0 + at(token, 0, $1) * at(other, 1, $1) }
            }
            let powers = scores.map { exp($0 - scores.max()!) }
            let total = powers.reduce(0, +)
            for place in 0..<size {
                let expected = (0..<tokens).reduce(0) { $0 + powers[$1] / total * at($1, 2, place) }
                #expect(abs(Double(out[token * outStride + place]) - expected) <= 2e-5)
            }
            for place in size..<outStride { #expect(out[token * outStride + place] == 77) }
        }
    }

    @Test func `a feed-forward part gives what its three steps give, whatever the weights are`() throws {
        let (inputs, inner, rows) = (64, 96, 13)
        let arena = try #require(WeightArena(capacity: 1 << 20))
        func matrix(_ outputs: Int, _ inputs: Int, q4: Bool, seed: UInt64) throws -> PackedMatrix {
            let blocks = blocks(inputs * outputs / 32, seed: seed)
            let bias = uniform(outputs, seed: seed + 1)
            guard !q4 else {
                return try #require(unsafe PackedMatrix(q4Rows: blocks, inputs: inputs, bias: bias, in: arena))
            }
            var weights = [Float](repeating: 0, count: inputs * outputs)
            unsafe EncoderKernels.expand(q4Blocks: blocks, count: inputs * outputs / 32, to: &weights)
            return try #require(unsafe PackedMatrix(rows: weights, inputs: inputs, bias: bias, in: arena))
        }
        let a = uniform(rows * inputs, seed: 30)
        var results: [[Float]] = []
        for (firstIsQ4, secondIsQ4) in [(false, false), (true, true), (true, false), (false, true)] {
            let first = try matrix(inner, inputs, q4: firstIsQ4, seed: 10)
            let second = try matrix(inputs, inner, q4: secondIsQ4, seed: 20)
            var scratch = [UInt64](repeating: .max, count: first.scratchBytes(rows: rows, then: second) / 8 + 1)
            var out = [Float](repeating: .nan, count: rows * inputs)
            unsafe scratch.withUnsafeMutableBytes { scratch in
                unsafe first.apply(
                    a, stride: inputs, rows: rows, activation: .gelu, then: second, to: &out, stride: inputs,
                    scratch: scratch.baseAddress!)
            }
            results.append(out)
        }
        let largest = results[0].map(abs).max()!
        for result in results.dropFirst() {
            for (value, expected) in zip(result, results[0]) {
                #expect(abs(value - expected) <= 2e-2 * largest)
            }
        }
    }

    @Test func `halves have the values of the standard`() {
        for bits in UInt16.min...(.max) {
            let value = EncoderKernels.half(bits)
            let exponent = Int(bits >> 10 & 31)
            let fraction = Float(bits & 1_023)
            let size: Float =
                switch exponent {
                case 0: fraction * 0x1p-24
                case 31: fraction == 0 ? .infinity : .nan
                default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1_024)
                }
            #expect(size.isNaN ? value.isNaN : value == (bits >> 15 == 1 ? -size : size))
        }
    }
}
