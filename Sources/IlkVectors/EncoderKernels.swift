import CIlkKernels

/// What a transformer encoder computes beside its linear layers, by the kernels of this CPU.
package enum EncoderKernels {
    /// `avx512`, `avx2` or `plain`.
    package static var name: String { unsafe String(cString: selected.pointee.name) }

    static var selected: UnsafePointer<ilk_encoder_kernels> { unsafe ilk_encoder_kernels_selected() }

    /// What stands between the two linear layers of a feed-forward part.
    package enum Activation: String, Sendable, Equatable {
        /// GELU by the error function.
        case gelu
        /// GELU by the hyperbolic tangent: `gelu_new`, `gelu_pytorch_tanh`.
        case geluTanh = "gelu_tanh"
        case relu

        /// Changes `count` floats in place.
        package func apply(_ values: UnsafeMutablePointer<Float>, count: Int) {
            unsafe EncoderKernels.selected.pointee.activate(values, count, code)
        }

        /// The kernels' number for it.
        var code: Int32 {
            switch self {
            case .gelu: Int32(ILK_GELU)
            case .geluTanh: Int32(ILK_GELU_TANH)
            case .relu: Int32(ILK_RELU)
            }
        }
    }

    /// Gain, bias and epsilon of a layer norm.
    package struct Norm: Sendable {
        package var gain: [Float]
        package var bias: [Float]
        package var epsilon: Float

        package init(gain: [Float], bias: [Float], epsilon: Float) {
            precondition(gain.count == bias.count, "\(gain.count) gains and \(bias.count) biases")
            self.gain = gain
            self.bias = bias
            self.epsilon = epsilon
        }

        /// `x = norm(x + delta)` for `rows` rows; without `delta` where it is nil.
        package func apply(
            _ x: UnsafeMutablePointer<Float>, stride: Int, adding delta: UnsafePointer<Float>?, deltaStride: Int,
            rows: Int
        ) {
            unsafe EncoderKernels.selected.pointee.add_norm(
                x, stride, delta, deltaStride, rows, gain.count, gain, bias, epsilon)
        }
    }

    /// Floats of scratch for the attention over so many tokens.
    package static func attentionScratch(tokens: Int, headSize: Int) -> Int {
        ilk_attention_scratch(tokens, headSize)
    }

    /// `softmax(q · kᵀ · scale) · v` of one head of one text, the three in one buffer of the same stride.
    package static func attention(
        _ q: UnsafePointer<Float>, _ k: UnsafePointer<Float>, _ v: UnsafePointer<Float>, stride: Int, tokens: Int,
        headSize: Int, scale: Float, scratch: UnsafeMutablePointer<Float>, to output: UnsafeMutablePointer<Float>,
        stride outputStride: Int
    ) {
        unsafe selected.pointee.attention(
            q, k, v, stride, tokens, headSize, scale, scratch, output, outputStride)
    }

    /// Expands Q4_0 blocks, 18 bytes each, to 32 floats each.
    package static func expand(q4Blocks: UnsafePointer<UInt8>, count: Int, to output: UnsafeMutablePointer<Float>) {
        unsafe ilk_expand_q4(q4Blocks, count, output)
    }

    /// The value of an IEEE half.
    package static func half(_ bits: UInt16) -> Float { ilk_half(bits) }
}
