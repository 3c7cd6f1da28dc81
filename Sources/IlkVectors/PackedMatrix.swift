import CIlkKernels
import Glibc

/// Weights of a linear layer, laid out once for the CPU's registers: panels of 16 outputs.
///
/// `apply` writes whole panels, so an output row has `outputStride` places though only `outputs` mean something.
@safe package final class PackedMatrix: Sendable {
    package enum Arithmetic: Sendable, Equatable {
        /// f32 all through.
        case f32
        /// 4-bit weights as they are, activations as 16-bit integers with a scale per 32: exact but for those 16 bits.
        case q4s16
    }

    package let inputs: Int
    package let outputs: Int
    package let arithmetic: Arithmetic
    // SAFETY: written in init only.
    private nonisolated(unsafe) let packed: UnsafeMutableRawPointer
    private nonisolated(unsafe) let bias: UnsafeMutablePointer<Float>
    private let memory: AddressSpace

    /// Inputs that share a scale in Q4_0 and in 16-bit activations.
    package static let blockInputs = 32
    /// Bytes of a Q4_0 block: an f16 scale and 32 weights of four bits.
    package static let blockBytes = 18

    private init(inputs: Int, bias: [Float], arithmetic: Arithmetic, byteCount: Int) {
        self.inputs = inputs
        outputs = bias.count
        self.arithmetic = arithmetic
        let biasBytes = ilk_panels(bias.count) * 16 * MemoryLayout<Float>.stride
        guard let memory = AddressSpace(byteCount: byteCount + biasBytes) else {
            preconditionFailure("no address space for \(byteCount) bytes of weights")
        }
        self.memory = memory
        unsafe self.bias = memory.base.bindMemory(to: Float.self, capacity: biasBytes / 4)
        unsafe packed = memory.base + biasBytes
        for place in bias.indices { unsafe self.bias[place] = bias[place] }
    }

    /// Lays `bias.count` rows of `inputs` floats out.
    package convenience init(rows: UnsafePointer<Float>, inputs: Int, bias: [Float]) {
        self.init(
            inputs: inputs, bias: bias, arithmetic: .f32,
            byteCount: ilk_packed_f32_count(inputs, bias.count) * MemoryLayout<Float>.stride)
        unsafe ilk_pack_f32(rows, inputs, outputs, packed.assumingMemoryBound(to: Float.self))
    }

    /// Lays `bias.count` rows of Q4_0 blocks out; `inputs` is a multiple of 32.
    package convenience init(q4Rows: UnsafePointer<UInt8>, inputs: Int, bias: [Float]) {
        precondition(inputs % Self.blockInputs == 0, "\(inputs) inputs are not whole blocks of \(Self.blockInputs)")
        self.init(
            inputs: inputs, bias: bias, arithmetic: .q4s16, byteCount: ilk_packed_q4_size(inputs, bias.count))
        unsafe ilk_pack_q4(q4Rows, inputs, outputs, packed.assumingMemoryBound(to: UInt8.self))
    }

    /// Places of an output row that `apply` writes.
    package var outputStride: Int { ilk_panels(outputs) * 16 }

    /// Bytes of scratch that `apply` needs for so many rows.
    package func scratchBytes(rows: Int) -> Int {
        arithmetic == .f32 ? 0 : rows * (inputs * 2 + inputs / Self.blockInputs * 4)
    }

    /// `output = input · weightsᵀ + bias` for `rows` rows.
    ///
    /// A row's result does not depend on the other rows. `scratch` has room for `scratchBytes(rows:)`.
    package func apply(
        _ input: UnsafePointer<Float>, stride: Int, rows: Int, to output: UnsafeMutablePointer<Float>,
        stride outputStride: Int, scratch: UnsafeMutableRawPointer
    ) {
        let kernels = unsafe EncoderKernels.selected
        switch arithmetic {
        case .f32:
            unsafe kernels.pointee.linear_f32(
                input, stride, rows, packed.assumingMemoryBound(to: Float.self), bias, inputs, outputs, output,
                outputStride)
        case .q4s16:
            let scales = unsafe scratch.assumingMemoryBound(to: Float.self)
            let integers = unsafe (scratch + rows * (inputs / Self.blockInputs) * 4)
                .assumingMemoryBound(to: Int16.self)
            unsafe kernels.pointee.quantize(input, stride, rows, inputs, integers, scales)
            unsafe kernels.pointee.linear_q4(
                integers, scales, rows, packed.assumingMemoryBound(to: UInt8.self), bias, inputs, outputs, output,
                outputStride)
        }
    }
}
