package import IlkVectors
import Synchronization

/// The exact nearest neighbors of many queries: the truth that recall is measured against.
package enum ExactNeighbors {
    /// For each query the `k` nearest rows of `base`, nearest first.
    ///
    /// Blocks of products come from `sgemm`; the best `2·k` by them are measured again pair by pair, in double
    /// precision, because ‖a‖² − 2ab + ‖b‖² loses digits where vectors are near.
    package static func find(
        base: Matrix, queries: Matrix, metric: Metric, k: Int, threads: Int = 1
    ) -> [[Neighbor]] {
        precondition(base.columns == queries.columns, "dimensions \(base.columns) and \(queries.columns)")
        let norms = base.squaredNorms()
        let block = 64
        let blocks = (queries.rows + block - 1) / block
        let next = Atomic<Int>(0)
        let results = Mutex([[Neighbor]](repeating: [], count: queries.rows))
        Workers.run(min(threads, max(blocks, 1))) { _ in
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < blocks else { return }
                let rows = number * block..<min((number + 1) * block, queries.rows)
                let found = nearest(base, norms, queries, rows, metric, k)
                results.withLock { results in
                    for (row, neighbors) in zip(rows, found) { results[row] = neighbors }
                }
            }
        }
        return results.withLock { $0 }
    }

    private static func nearest(
        _ base: Matrix, _ norms: [Float], _ queries: Matrix, _ rows: Range<Int>, _ metric: Metric, _ k: Int
    ) -> [[Neighbor]] {
        var pools = rows.map { _ in TopK(2 * k + 10) }
        for first in stride(from: 0, to: base.rows, by: 2_048) {
            let columns = first..<min(first + 2_048, base.rows)
            let products = queries.multipliedByTranspose(rows, of: base, columns)
            for place in 0..<rows.count {
                var bound = pools[place].bound
                for column in columns {
                    let product = products[place * columns.count + column - columns.lowerBound]
                    let distance: Float
                    switch metric {
                    case .dot: distance = -product
                    case .l2: distance = norms[column] - 2 * product
                    case .cosine: distance = -product / max(norms[column].squareRoot(), .leastNormalMagnitude)
                    }
                    guard distance < bound else { continue }
                    pools[place].insert(Neighbor(ordinal: Ordinal(UInt32(column)), distance: distance))
                    bound = pools[place].bound
                }
            }
        }
        return zip(rows, pools).map { query, pool in
            let measured = pool.neighbors.map { neighbor in
                Neighbor(
                    ordinal: neighbor.ordinal,
                    distance: exact(queries, query, base, Int(neighbor.ordinal.rawValue), metric))
            }
            return Array(measured.sorted().prefix(k))
        }
    }

    /// The distance of one pair, as callers see it, in double precision.
    private static func exact(_ a: Matrix, _ row: Int, _ b: Matrix, _ other: Int, _ metric: Metric) -> Float {
        var product = 0.0, difference = 0.0, normA = 0.0, normB = 0.0
        for column in 0..<a.columns {
            let x = Double(a.elements[row * a.columns + column])
            let y = Double(b.elements[other * b.columns + column])
            product += x * y
            difference += (x - y) * (x - y)
            normA += x * x
            normB += y * y
        }
        switch metric {
        case .l2: return Float(difference.squareRoot())
        case .dot: return Float(-product)
        case .cosine: return Float(1 - product / max((normA * normB).squareRoot(), .leastNormalMagnitude))
        }
    }
}
