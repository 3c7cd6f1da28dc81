package import IlkVectors

/// How likely it is that somebody takes what is offered, where features say something together that none says alone.
///
/// `ln odds = b + Σ βⱼ zⱼ + Σ_{i<j} ⟨vᵢ, vⱼ⟩ zᵢ zⱼ` with `zⱼ = (xⱼ − mⱼ) / sⱼ`: a factorization machine of the second degree
/// (Rendle, ICDM 2010). The pairs are summed in O(features × factors), by its equation 3.
package struct FactorizationMachine: Sendable {
    /// Its linear part, with the means and deviations of what was learned from.
    package let linear: LogisticRanker
    /// Shape `[features, factors]`.
    package let factors: Matrix

    package var names: [String] { linear.names }

    /// - Throws: where lengths do not fit, or a number is not finite.
    package init(linear: LogisticRanker, factors: Matrix) throws(CollaborativeError) {
        guard factors.rows == linear.features, (1...256).contains(factors.columns) else {
            throw .malformed("\(factors.rows) × \(factors.columns) factors for \(linear.features) features")
        }
        guard factors.elements.allSatisfy(\.isFinite) else { throw .malformed("a number that is not finite") }
        self.linear = linear
        self.factors = factors
    }

    /// In deviations from the means.
    private func standardized(_ features: Span<Float>) -> [Float] {
        precondition(features.count == linear.features, "\(features.count) of \(linear.features) features")
        return linear.means.indices.map { (features[$0] - linear.means[$0]) / linear.deviations[$0] }
    }

    /// `Σⱼ vⱼ zⱼ`: shape `[factors]`.
    private func sums(_ values: [Float]) -> [Float] {
        var sums = [Float](repeating: 0, count: factors.columns)
        for (feature, value) in values.enumerated() where value != 0 {
            for place in sums.indices { sums[place] += factors.elements[feature * factors.columns + place] * value }
        }
        return sums
    }
}

extension FactorizationMachine: RankingModel {
    package func logOdds(of features: Span<Float>) -> Float {
        linear.intercept + contributions(of: features).reduce(0, +)
    }

    /// `zⱼ (βⱼ + ½ Σ_{i≠j} ⟨vᵢ, vⱼ⟩ zᵢ)`: of what two features say together each gets half.
    package func contributions(of features: Span<Float>) -> [Float] {
        let values = standardized(features)
        let sums = sums(values)
        let width = factors.columns
        return values.indices.map { feature in
            var pairs: Float = 0
            for place in 0..<width {
                let factor = factors.elements[feature * width + place]
                pairs += factor * (sums[place] - factor * values[feature])
            }
            return values[feature] * (linear.coefficients[feature] + pairs / 2)
        }
    }
}

/// The model as bytes: `ilkfmac1`, as UInt32 the factors of a feature, these as Float, and then the bytes of the linear part,
/// all little-endian; XXH3 of all that.
extension FactorizationMachine {
    static let magic = Array("ilkfmac1".utf8)

    package var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(littleEndian: UInt32(factors.columns))
        bytes.append(littleEndian: UInt32(factors.rows))
        bytes.append(littleEndian: factors.elements)
        bytes += linear.bytes
        bytes.append(littleEndian: Checksum.xxh3(bytes[...]))
        return bytes
    }

    /// Reads a model.
    ///
    /// - Parameter bytes: as ``bytes`` makes them.
    /// - Throws: where they are anything else, or a number in them cannot be.
    package init(bytes: [UInt8]) throws(CollaborativeError) {
        let body = bytes.dropLast(8)
        guard body.count > 16, body.starts(with: Self.magic),
            Checksum.xxh3(body) == bytes.suffix(8).littleEndian(UInt64.self)
        else {
            throw .malformed("bytes that have changed since they were written")
        }
        func word(_ place: Int) -> UInt32 { body[place..<place + 4].littleEndian(UInt32.self) }
        let (columns, rows) = (Int(word(8)), Int(word(12)))
        let end = 16 + 4 * rows * columns
        guard (1...256).contains(columns), rows <= 100_000, end < body.count else {
            throw .malformed("\(rows) × \(columns) factors in \(bytes.count) bytes")
        }
        let elements = (0..<rows * columns).map { Float(bitPattern: word(16 + 4 * $0)) }
        try self.init(
            linear: LogisticRanker(bytes: Array(body[end...])),
            factors: Matrix(rows: rows, columns: columns, elements: elements))
    }
}
