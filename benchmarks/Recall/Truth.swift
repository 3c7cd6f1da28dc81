import IlkANN
import IlkDatasets
import IlkVectors

/// How far the true k-th neighbor of each query is: a hit that is as near counts, so ties are no misses.
struct Truth {
    let k: Int
    let metric: Metric
    let base: Matrix
    let queries: Matrix
    /// Row numbers, nearest first: shape `[queries, k]`.
    let neighbors: [[UInt32]]
    private let bounds: [Double]

    /// Room for rounding, relative to the k-th distance; `peers.py` has the same.
    static let tolerance = 1e-5

    init(k: Int, metric: Metric, base: Matrix, queries: Matrix, neighbors: [[UInt32]]) {
        self.k = k
        self.metric = metric
        self.base = base
        self.queries = queries
        self.neighbors = neighbors
        bounds = neighbors.enumerated().map { query, rows in
            let farthest = rows.prefix(k).map { Self.distance(metric, queries, query, base, Int($0)) }.max() ?? 0
            return farthest + Self.tolerance * abs(farthest)
        }
    }

    /// Finds the truth by exact scan, on all cores.
    init(k: Int, metric: Metric, base: Matrix, queries: Matrix, threads: Int) {
        let found = ExactNeighbors.find(base: base, queries: queries, metric: metric, k: k, threads: threads)
        self.init(
            k: k, metric: metric, base: base, queries: queries, neighbors: found.map { $0.map { $0.ordinal.rawValue } })
    }

    /// The share of the true neighbors that these answers hold, `answers[query]` being row numbers.
    func recall(of answers: [[UInt32]]) -> Double {
        var hits = 0
        for (query, rows) in answers.enumerated() {
            hits += Set(rows.prefix(k)).count {
                Self.distance(metric, queries, query, base, Int($0)) <= bounds[query]
            }
        }
        return Double(hits) / Double(max(answers.count * min(k, base.rows), 1))
    }

    /// A distance in double precision; squared for l2.
    private static func distance(_ metric: Metric, _ a: Matrix, _ row: Int, _ b: Matrix, _ other: Int) -> Double {
        var product = 0.0, difference = 0.0, normA = 0.0, normB = 0.0
        let left = row * a.columns, right = other * b.columns
        for column in 0..<a.columns {
            let x = Double(a.elements[left + column]), y = Double(b.elements[right + column])
            product += x * y
            difference += (x - y) * (x - y)
            normA += x * x
            normB += y * y
        }
        switch metric {
        case .l2: return difference
        case .dot: return -product
        case .cosine: return 1 - product / max((normA * normB).squareRoot(), .leastNormalMagnitude)
        }
    }
}

extension Truth {
    /// The neighbors as `.ivecs` has them: for each query a count and row numbers, 32-bit little-endian.
    var ivecs: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(neighbors.count * (k + 1) * 4)
        for rows in neighbors {
            for value in [UInt32(rows.count)] + rows {
                for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
            }
        }
        return bytes
    }
}
