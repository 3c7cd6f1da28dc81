import IlkVectors

/// Clusters of vectors by direction: k-means with cosine, k-means++ seeding, a fixed seed.
///
/// Dhillon & Modha: Concept decompositions for large sparse text data using clustering, Machine Learning 42, 2001.
struct SphericalClusters {
    /// For each cluster the places of its vectors, ascending.
    private(set) var members: [[Int]]

    private static let rounds = 20
    private static let seed: UInt64 = 0x696C6B

    /// Clusters of vectors of length 1 and equal dimension.
    ///
    /// - Complexity: O(rounds · vectors · count · dimension).
    init(_ vectors: [[Float]], count: Int) {
        let count = min(count, vectors.count)
        guard count > 1 else {
            members = vectors.isEmpty ? [] : [Array(vectors.indices)]
            return
        }
        var centres = Self.seeds(vectors, count)
        var own = [Int](repeating: 0, count: vectors.count)
        for round in 0..<Self.rounds {
            var isChanged = round == 0
            for (place, vector) in vectors.enumerated() {
                var best = (cluster: 0, similarity: -Float.infinity)
                for (cluster, centre) in centres.enumerated() {
                    let similarity = Kernels.dot(vector.span, centre.span)
                    if similarity > best.similarity { best = (cluster, similarity) }
                }
                if own[place] != best.cluster { isChanged = true }
                own[place] = best.cluster
            }
            guard isChanged else { break }
            for cluster in centres.indices {
                var sum = [Float](repeating: 0, count: vectors[0].count)
                for place in own.indices where own[place] == cluster {
                    for index in sum.indices { sum[index] += vectors[place][index] }
                }
                let norm = Kernels.dot(sum.span, sum.span).squareRoot()
                if norm > 0 { centres[cluster] = sum.map { $0 / norm } }
            }
        }
        members = centres.indices.map { cluster in own.indices.filter { own[$0] == cluster } }
    }

    /// Centres far apart: each is drawn by its distance from those before (Arthur & Vassilvitskii, 2007).
    private static func seeds(_ vectors: [[Float]], _ count: Int) -> [[Float]] {
        var random = SplitMix64(seed: seed)
        var centres = [vectors[0]]
        var distances = vectors.map { distance($0, vectors[0]) }
        while centres.count < count {
            var left = Float.random(in: 0..<1, using: &random) * distances.reduce(0, +)
            let next = distances.indices.first { place in
                left -= distances[place]
                return left < 0
            }
            let centre = vectors[next ?? centres.count]
            centres.append(centre)
            for place in vectors.indices {
                distances[place] = min(distances[place], distance(vectors[place], centre))
            }
        }
        return centres
    }

    /// 1 − the cosine of two vectors of length 1.
    private static func distance(_ a: [Float], _ b: [Float]) -> Float { max(0, 1 - Kernels.dot(a.span, b.span)) }
}
