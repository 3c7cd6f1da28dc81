package import IlkVectors

/// Vectors from a seed, the same on every machine.
package enum RandomVectors {
    /// Components uniform in −1 ..< 1: no structure, the hardest data for a graph.
    package static func uniform(_ count: Int, dimension: Int, seed: UInt64) -> [[Float]] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in vector(dimension, &random) }
    }

    /// Vectors around some centers, as embeddings of real things lie.
    package static func clustered(_ count: Int, dimension: Int, clusters: Int = 20, seed: UInt64) -> [[Float]] {
        var random = SplitMix64(seed: seed)
        let centers = uniform(clusters, dimension: dimension, seed: 0xC1)
        return (0..<count).map { _ in
            let center = centers[Int(random.next() % UInt64(clusters))]
            return zip(center, vector(dimension, &random)).map { $0 + 0.4 * $1 }
        }
    }

    private static func vector(_ dimension: Int, _ random: inout SplitMix64) -> [Float] {
        (0..<dimension).map { _ in Float(random.next() >> 40) * 0x1p-23 - 1 }
    }
}

extension Metric {
    /// The distance as callers see it, in double precision: what every faster way is compared with.
    package func distance(_ a: [Float], _ b: [Float]) -> Float {
        func product(_ a: [Float], _ b: [Float]) -> Double {
            zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        switch self {
        case .l2:
            return Float(
                zip(a, b).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }.squareRoot())
        case .dot: return Float(-product(a, b))
        case .cosine: return Float(1 - product(a, b) / (product(a, a) * product(b, b)).squareRoot())
        }
    }

    /// The nearest of some vectors, by measuring all: the oracle.
    package func nearest(
        _ k: Int, to query: [Float], of vectors: some Sequence<(ordinal: UInt32, vector: [Float])>
    ) -> [Neighbor] {
        let all = vectors.map { Neighbor(ordinal: Ordinal($0.ordinal), distance: distance(query, $0.vector)) }
        return Array(all.sorted().prefix(k))
    }
}
