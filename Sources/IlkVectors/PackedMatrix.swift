import CIlkKernels
import Glibc

/// Weights of a linear layer, laid out once for the CPU's registers: panels of 16 outputs.
///
/// `apply` writes whole panels, so an output row has `outputStride` places though only `outputs` mean something.
@safe package final class PackedMatrix: Sendable {
    package enum Arithmetic: String, Sendable, Equatable {
        /// f32 all through.
        case f32
        /// 4-bit weights as they are, activations as integers with a scale per 32: of 8 bits, or of 16 with an outlier.
        case q4s8
        /// Weights rounded to 8 bits with a scale per 32, activations as for ``q4s8``.
        case q8s8

        /// Bits of an integer weight; nil where weights are floats.
        fileprivate var bits: Int32? {
            switch self {
            case .f32: nil
            case .q4s8: 4
            case .q8s8: 8
            }
        }
    }

    package let inputs: Int
    package let outputs: Int
    package let arithmetic: Arithmetic
    // SAFETY: written in init only.
    private nonisolated(unsafe) let packed: UnsafeMutableRawPointer
    private nonisolated(unsafe) let bias: UnsafeMutablePointer<Float>
    private let arena: WeightArena

    /// Inputs that share a scale in Q4_0 and in integer activations.
    package static let blockInputs = 32
    /// Bytes of a Q4_0 block: an f16 scale and 32 weights of four bits.
    package static let blockBytes = 18

    private init?(inputs: Int, bias: [Float], arithmetic: Arithmetic, byteCount: Int, in arena: WeightArena) {
        self.inputs = inputs
        outputs = bias.count
        self.arithmetic = arithmetic
        self.arena = arena
        let places = ilk_panels(bias.count) * 16
        guard let packed = unsafe arena.take(byteCount),
            let room = unsafe arena.take(places * MemoryLayout<Float>.stride)
        else {
            return nil
        }
        unsafe self.packed = packed
        unsafe self.bias = room.bindMemory(to: Float.self, capacity: places)
        for place in bias.indices { unsafe self.bias[place] = bias[place] }
    }

    /// Lays `bias.count` rows of `inputs` floats out; nil where the arena is full.
    package convenience init?(rows: UnsafePointer<Float>, inputs: Int, bias: [Float], in arena: WeightArena) {
        self.init(
            inputs: inputs, bias: bias, arithmetic: .f32,
            byteCount: ilk_packed_f32_count(inputs, bias.count) * MemoryLayout<Float>.stride, in: arena)
        unsafe ilk_pack_f32(rows, inputs, outputs, packed.assumingMemoryBound(to: Float.self))
    }

    /// Lays `bias.count` rows of `inputs` floats out in 8 bits, `inputs` being a multiple of 32; nil where the arena is full.
    package convenience init?(
        rounding rows: UnsafePointer<Float>, inputs: Int, bias: [Float], in arena: WeightArena
    ) {
        precondition(inputs % Self.blockInputs == 0, "\(inputs) inputs are not whole blocks of \(Self.blockInputs)")
        self.init(
            inputs: inputs, bias: bias, arithmetic: .q8s8, byteCount: ilk_packed_q8_size(inputs, bias.count),
            in: arena)
        unsafe ilk_pack_q8(rows, inputs, outputs, packed.assumingMemoryBound(to: UInt8.self))
    }

    /// Lays `bias.count` rows of Q4_0 blocks out, `inputs` being a multiple of 32; nil where the arena is full.
    package convenience init?(q4Rows: UnsafePointer<UInt8>, inputs: Int, bias: [Float], in arena: WeightArena) {
        precondition(inputs % Self.blockInputs == 0, "\(inputs) inputs are not whole blocks of \(Self.blockInputs)")
        self.init(
            inputs: inputs, bias: bias, arithmetic: .q4s8, byteCount: ilk_packed_q4_size(inputs, bias.count),
            in: arena)
        unsafe ilk_pack_q4(q4Rows, inputs, outputs, packed.assumingMemoryBound(to: UInt8.self))
    }

    /// Bytes of an arena that a matrix takes at most, whatever its arithmetic.
    package static func largestByteCount(inputs: Int, outputs: Int) -> Int {
        (ilk_packed_f32_count(inputs, outputs) + ilk_panels(outputs) * 16) * MemoryLayout<Float>.stride + 128
    }

    /// Places of an output row that `apply` writes.
    package var outputStride: Int { ilk_panels(outputs) * 16 }

    /// Bytes of scratch that `apply` needs for so many rows.
    package func scratchBytes(rows: Int) -> Int {
        arithmetic == .f32 ? 0 : ilk_quantized_size(rows, inputs)
    }

    /// `output = input · weightsᵀ + bias` for `rows` rows.
    ///
    /// A row's result does not depend on the other rows. `scratch` has room for `scratchBytes(rows:)`.
    package func apply(
        _ input: UnsafePointer<Float>, stride: Int, rows: Int, to output: UnsafeMutablePointer<Float>,
        stride outputStride: Int, scratch: UnsafeMutableRawPointer
    ) {
        guard let bits = arithmetic.bits else {
            unsafe EncoderKernels.selected.pointee.linear_f32(
                input, stride, rows, packed.assumingMemoryBound(to: Float.self), bias, inputs, outputs, output,
                outputStride)
            return
        }
        unsafe EncoderKernels.selected.pointee.quantize(input, stride, rows, inputs, scratch)
        unsafe apply(quantized: scratch, bits: bits, rows: rows, to: output, stride: outputStride)
    }

    private func apply(
        quantized: UnsafeRawPointer, bits: Int32, rows: Int, to output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        unsafe EncoderKernels.selected.pointee.linear_integers(
            quantized, rows, packed.assumingMemoryBound(to: UInt8.self), bits, bias, inputs, outputs, output, stride)
    }
}

extension PackedMatrix {
    /// The bits of this matrix and of `next`, where the integers of its outputs can go straight into that.
    private func bits(feeding next: PackedMatrix) -> (own: Int32, next: Int32)? {
        guard let own = arithmetic.bits, let others = next.arithmetic.bits, outputs % Self.blockInputs == 0 else {
            return nil
        }
        return (own, others)
    }

    /// Bytes of scratch that `apply` with a second matrix needs for so many rows.
    package func scratchBytes(rows: Int, then next: PackedMatrix) -> Int {
        let own = (scratchBytes(rows: rows) + 63) / 64 * 64
        guard bits(feeding: next) != nil else {
            return max(own, next.scratchBytes(rows: rows)) + rows * outputStride * 4
        }
        return own + (next.scratchBytes(rows: rows) + 63) / 64 * 64 + rows * Self.blockInputs * 4
    }

    /// `output = next(activation(self(input)))`: a feed-forward part.
    ///
    /// `scratch` has room for `scratchBytes(rows:then:)`.
    package func apply(
        _ input: UnsafePointer<Float>, stride: Int, rows: Int, activation: EncoderKernels.Activation,
        then next: PackedMatrix, to output: UnsafeMutablePointer<Float>, stride outputStride: Int,
        scratch: UnsafeMutableRawPointer
    ) {
        precondition(next.inputs == outputs, "\(outputs) outputs for \(next.inputs) inputs")
        guard let bits = bits(feeding: next) else {
            let inner = unsafe scratch.assumingMemoryBound(to: Float.self)
            let rest = unsafe scratch + rows * self.outputStride * 4
            unsafe apply(input, stride: stride, rows: rows, to: inner, stride: self.outputStride, scratch: rest)
            unsafe activation.apply(inner, count: rows * self.outputStride)
            unsafe next.apply(
                inner, stride: self.outputStride, rows: rows, to: output, stride: outputStride, scratch: rest)
            return
        }
        let between = unsafe scratch + (scratchBytes(rows: rows) + 63) / 64 * 64
        let tile = unsafe between + (next.scratchBytes(rows: rows) + 63) / 64 * 64
        let kernels = unsafe EncoderKernels.selected
        unsafe kernels.pointee.quantize(input, stride, rows, inputs, scratch)
        unsafe kernels.pointee.feed_integers(
            scratch, rows, packed.assumingMemoryBound(to: UInt8.self), bits.own, bias, inputs, outputs, activation.code,
            between, tile.assumingMemoryBound(to: Float.self))
        unsafe next.apply(quantized: between, bits: bits.next, rows: rows, to: output, stride: outputStride)
    }
}
