import CIlkKernels
import Glibc

/// Codes of 7 bits a component: `round((x − low) / step)`, with one step for all components.
///
/// One step, because a sum of squared differences of codes is then one of the vectors, in units of `step`². `low` may
/// differ by component where only differences count (cosine, l2); by inner product every code stands for
/// `(code − 64) · step`. Seven bits, because two products of seven bits fit the 16 bits that AVX2 sums them in.
package struct ScalarQuantizer: Sendable, Equatable {
    package let dimension: Int
    package let step: Float
    /// What the code 0 stands for: shape `[dimension]`.
    package let low: [Float]
    /// The code of the padding: it adds nothing to any distance.
    private let rest: UInt8

    /// Bytes a row of codes takes: a multiple of 64.
    package var stride: Int { (dimension + 63) / 64 * 64 }

    /// The quantizer whose codes have the least mean error on a sample.
    ///
    /// A step as wide as the widest component needs wastes codes where a few vectors or components stand out; narrower ones
    /// are tried, each narrower by √2, and clip what stands out.
    ///
    /// - Returns: nil where no step is a number above zero: equal vectors, or components too far apart for a float.
    package static func fit(_ sample: Matrix, metric: Metric) -> ScalarQuantizer? {
        guard sample.rows > 0 else { return nil }
        var middles = [Float](repeating: 0, count: sample.columns)
        var widest: Float = 0
        for column in 0..<sample.columns {
            let values = (0..<sample.rows).map { sample.elements[$0 * sample.columns + column] }.sorted()
            if metric == .dot {
                widest = max(widest, 2 * max(abs(values[0]), abs(values[values.count - 1])))
            } else {
                // Where most of a component's values lie; the very least and most are chance.
                let cut = values.count / 200
                middles[column] = values[cut] / 2 + values[values.count - 1 - cut] / 2
                widest = max(widest, values[values.count - 1] - values[0])
            }
        }
        guard widest > 0, widest.isFinite else { return nil }
        var best: (quantizer: ScalarQuantizer, error: Double)?
        for narrowing in 0..<10 {
            let step = widest / 127 / exp2(Float(narrowing) / 2)
            guard step >= .leastNormalMagnitude, (1 / step).isFinite else { break }
            let quantizer = ScalarQuantizer(middles: middles, step: step, metric: metric)
            let error = quantizer.meanError(of: sample)
            if error < best?.error ?? .infinity { best = (quantizer, error) }
        }
        return best?.quantizer
    }

    private init(middles: [Float], step: Float, metric: Metric) {
        let low = metric == .dot ? middles.map { _ in -64 * step } : middles.map { $0 - 63.5 * step }
        self.init(low: low, step: step, metric: metric)
    }

    /// The quantizer that another of this ``low`` and ``step`` was.
    package init(low: [Float], step: Float, metric: Metric) {
        dimension = low.count
        self.step = step
        self.low = low
        rest = metric == .dot ? 64 : 0
    }

    /// Writes the codes of a vector to `stride` bytes.
    ///
    /// - Returns: the squared error of what was clipped, in the vector's units.
    @discardableResult
    package func encode(_ vector: UnsafePointer<Float>, to codes: UnsafeMutablePointer<UInt8>) -> Float {
        unsafe Kernels.selected.pointee.encode(vector, low, 1 / step, dimension, stride, rest, codes) * step * step
    }

    /// The mean distance of a vector from what its codes stand for: its root, so that one vector far outside, whose own
    /// neighbors are found by what is not clipped, does not cost all others their codes.
    ///
    /// Rounding is off by a twelfth of a step squared a component.
    private func meanError(of sample: Matrix) -> Double {
        var codes = [UInt8](repeating: 0, count: stride)
        let rounded = Double(dimension) * Double(step) * Double(step) / 12
        var sum = 0.0
        // SAFETY: a row has `dimension` floats, `codes` a stride of bytes.
        unsafe sample.elements.withUnsafeBufferPointer { elements in
            for row in 0..<sample.rows {
                sum += unsafe (Double(encode(elements.baseAddress! + row * dimension, to: &codes)) + rounded)
                    .squareRoot()
            }
        }
        return sum / Double(sample.rows)
    }
}
