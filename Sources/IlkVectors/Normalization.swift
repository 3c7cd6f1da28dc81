/// Scaling to length 1, for the cosine metric.
package enum Normalization {
    /// Writes a vector scaled to length 1: shape `[dimension]` into as many floats at `target`.
    ///
    /// A vector whose squared length does not fit a `Float` well is scaled in double precision; zero stays zero, so that
    /// no component is ever NaN.
    package static func write(_ vector: Span<Float>, to target: UnsafeMutablePointer<Float>) {
        let squared = Kernels.dot(vector, vector)
        if squared > 1e-20 && squared < 1e20 {
            let scale = 1 / squared.squareRoot()
            for place in vector.indices { unsafe target[place] = vector[place] * scale }
        } else {
            let length = vector.indices.reduce(0.0) { $0 + Double(vector[$1]) * Double(vector[$1]) }.squareRoot()
            let scale = length > 0 ? 1 / length : 0
            for place in vector.indices { unsafe target[place] = Float(Double(vector[place]) * scale) }
        }
    }
}
