import IlkANN
import IlkTestSupport
import IlkVectors

/// An index beside the simplest model of it: a dictionary.
struct Bench {
    let index: VectorIndex
    var vectors: [UInt32: [Float]] = [:]

    init(
        _ metric: Metric, dimension: Int, m: Int = 16, efConstruction: Int = 100, seed: UInt64 = 42,
        storage: VectorStorage = .f32
    ) throws {
        index = try VectorIndex(
            dimension: dimension, metric: metric,
            parameters: HNSWParameters(m: m, efConstruction: efConstruction, seed: seed), storage: storage)
    }

    private init(index: VectorIndex, vectors: [UInt32: [Float]]) {
        self.index = index
        self.vectors = vectors
    }

    /// Clustered vectors, all linked.
    static func built(
        _ metric: Metric, _ count: Int, dimension: Int = 32, threads: Int = 1, seed: UInt64 = 1,
        storage: VectorStorage = .f32
    ) throws -> Bench {
        var bench = try Bench(metric, dimension: dimension, storage: storage)
        bench.place(RandomVectors.clustered(count, dimension: dimension, seed: seed))
        bench.index.linkPending(threads: threads)
        bench.index.reconnectStrays()
        return bench
    }

    /// Places vectors at the ordinals from `first` on.
    mutating func place(_ new: [[Float]], from first: UInt32 = 0) {
        for (number, vector) in new.enumerated() { place(vector, at: first + UInt32(number)) }
    }

    mutating func place(_ vector: [Float], at ordinal: UInt32) {
        index.place(vector.span, at: Ordinal(ordinal))
        vectors[ordinal] = vector
    }

    mutating func remove(_ ordinal: UInt32) {
        index.remove(Ordinal(ordinal))
        vectors[ordinal] = nil
    }

    /// The same index after it was written and read.
    func reloaded() throws -> Bench {
        let folder = try TemporaryFolder()
        try index.checkpoint(to: folder.file("a.hnsw"), sequence: 9)
        let (copy, _) = try VectorIndex.open(
            path: folder.file("a.hnsw"), dimension: index.dimension, metric: index.metric, parameters: index.parameters,
            storage: index.storage)
        return Bench(index: copy, vectors: vectors)
    }

    /// What the model says.
    func truth(_ query: [Float], k: Int, where isWanted: (UInt32) -> Bool = { _ in true }) -> [Neighbor] {
        index.metric.nearest(k, to: query, of: vectors.filter { isWanted($0.key) }.map { ($0.key, $0.value) })
    }

    /// Mean recall@k of searches, and that nothing comes back that should not.
    func meanRecall(
        efSearch: Int = 64, k: Int = 10, queries: Int = 50, admitting: OrdinalSet? = nil
    ) -> Double {
        var sum = 0.0
        for query in RandomVectors.clustered(queries, dimension: index.dimension, seed: 99) {
            let outcome = index.search(query.span, k: k, efSearch: efSearch, admitting: admitting)
            let isSound = outcome.neighbors.allSatisfy { neighbor in
                vectors[neighbor.ordinal.rawValue] != nil && admitting?.contains(neighbor.ordinal.rawValue) ?? true
            }
            guard isSound, outcome.neighbors == outcome.neighbors.sorted(),
                Set(outcome.neighbors.map(\.ordinal)).count == outcome.neighbors.count
            else { return .nan }
            sum += recall(of: outcome.neighbors, against: truth(query, k: k) { admitting?.contains($0) ?? true })
        }
        return sum / Double(queries)
    }
}

extension [Neighbor] {
    /// Whether these are the true neighbors but for rounding: the distances agree, one by one.
    func agree(with truth: [Neighbor], tolerance: Float = 1e-4) -> Bool {
        count == truth.count
            && zip(self, truth).allSatisfy {
                abs($0.distance - $1.distance) <= tolerance * Swift.max(1, abs($1.distance))
            }
    }
}
