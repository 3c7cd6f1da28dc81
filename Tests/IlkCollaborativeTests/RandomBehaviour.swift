import IlkCollaborative
import IlkVectors

/// Made-up behaviour: users of a few tastes, who mostly take what suits theirs.
enum RandomBehaviour {
    static func events(users: Int, items: Int, each: Int, tastes: Int = 3, seed: UInt64) -> [Interaction] {
        var random = SplitMix64(seed: seed)
        return (0..<users * each).map { number in
            let user = number % users
            var item = Int.random(in: 0..<items, using: &random)
            if Int.random(in: 0..<5, using: &random) > 0 { item = item / tastes * tastes + user % tastes }
            return Interaction(
                user: UInt32(user), item: UInt32(item % items), weight: Float.random(in: 0.5..<3, using: &random),
                time: Int64.random(in: 0..<100 * Decay.day, using: &random))
        }
    }

    static func matrix(users: Int, items: Int, each: Int, seed: UInt64, weighed: Bool = true) -> InteractionMatrix {
        InteractionMatrix(
            users: users, items: items, events: events(users: users, items: items, each: each, seed: seed),
            weighing: EventWeighing(.sum, ignoresWeights: !weighed))
    }
}

extension SparseMatrix {
    /// Every element, zeros too, in double precision.
    var dense: [[Double]] {
        (0..<rows).map { row in
            var line = [Double](repeating: 0, count: columns)
            for (column, value) in zip(columns(of: row), values(of: row)) { line[Int(column)] = Double(value) }
            return line
        }
    }
}

/// Linear algebra as it is written in books, in double precision: what BLAS and LAPACK are compared with.
enum Book {
    typealias Rows = [[Double]]

    static func product(_ a: Rows, _ b: Rows) -> Rows {
        let turned = transposed(b)
        return a.map { row in turned.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } } }
    }

    static func transposed(_ a: Rows) -> Rows {
        (a.first ?? []).indices.map { column in a.map { $0[column] } }
    }

    /// Solves `a · x = b` by elimination with pivots.
    static func solve(_ a: Rows, _ b: [Double]) -> [Double] {
        var rows = zip(a, b).map { $0 + [$1] }
        let order = b.count
        for column in 0..<order {
            let pivot = (column..<order).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
            rows.swapAt(column, pivot)
            for row in 0..<order where row != column {
                let share = rows[row][column] / rows[column][column]
                for place in column...order { rows[row][place] -= share * rows[column][place] }
            }
        }
        return (0..<order).map { rows[$0][order] / rows[$0][$0] }
    }

    static func inverse(_ a: Rows) -> Rows {
        transposed(a.indices.map { place in solve(a, a.indices.map { $0 == place ? 1 : 0 }) })
    }
}

/// All scores of a user.
func scores(_ scorer: some ItemScorer, _ user: Int) -> [Float] {
    var scores = [Float](repeating: -1, count: scorer.items)
    scorer.score(user: user, into: &scores)
    return scores
}
