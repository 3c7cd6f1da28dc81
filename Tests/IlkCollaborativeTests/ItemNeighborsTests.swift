import IlkCollaborative
import Testing

@Suite struct `Item neighbors` {
    static let matrix = RandomBehaviour.matrix(users: 40, items: 25, each: 9, seed: 1)

    /// Similarities above 0 of each item, by a formula over whole columns.
    private func check(
        _ similarity: ItemSimilarity, _ matrix: InteractionMatrix, formula: (Int, Int) -> Double
    ) throws {
        let neighbors = try ItemNeighbors(matrix, by: similarity, count: 1_000, includesItself: false)
        for item in 0..<matrix.items {
            let found = neighbors.neighbors(of: item)
            let expected = (0..<matrix.items).filter { $0 != item && formula(item, $0) > 0 }
            #expect(found.map { Int($0.item) }.sorted() == expected)
            for (other, value) in found {
                let wanted = formula(item, Int(other))
                #expect(abs(Double(value) - wanted) < 1e-5 * max(1, wanted), "\(item), \(other)")
            }
        }
    }

    @Test(arguments: [Float(0), 1, 20])
    func `cosine with shrinkage is as over whole columns`(shrinkage: Float) throws {
        let columns = Self.matrix.byItem.dense
        func product(_ a: Int, _ b: Int) -> Double { zip(columns[a], columns[b]).reduce(0) { $0 + $1.0 * $1.1 } }
        try check(.cosine(shrinkage: shrinkage), Self.matrix) { a, b in
            product(a, b) / ((product(a, a) * product(b, b)).squareRoot() + Double(shrinkage))
        }
    }

    @Test func `BM25 weighs users by rarity and items by length`() throws {
        // Two items; the user who took both counts less than one who took a single item would.
        let matrix = InteractionMatrix(
            byUser: SparseMatrix(
                rows: 2, columns: 4, offsets: [0, 2, 3], indices: [0, 1, 1], values: [2, 1, 1]))
        let neighbors = try ItemNeighbors(matrix, by: .bm25(k1: 1, b: 0.5), count: 10, includesItself: false)
        // Lengths 2, 2, 0, 0, mean 1; norms 0.5 + 0.5 · 2 = 1.5; rarity of user 0: ln 4 − ln 3.
        let rarity = 0.28768207245178085
        let first = 2 * 2 / (1.5 + 2) * rarity
        let second = 1 * 2 / (1.5 + 1) * rarity
        let found = try #require(neighbors.neighbors(of: 0).first)
        #expect(found.item == 1)
        #expect(abs(Double(found.similarity) - first * second) < 1e-6)
    }

    @Test func `Swing is as over all pairs of users`() throws {
        let taken = Self.matrix.byUser.dense.map { row in Set(row.indices.filter { row[$0] > 0 }) }
        try check(.swing(smoothing: 2, users: 1_000, seed: 1), Self.matrix) { a, b in
            let both = taken.indices.filter { taken[$0].contains(a) && taken[$0].contains(b) }
            var sum = 0.0
            for (place, u) in both.enumerated() {
                for v in both[(place + 1)...] {
                    let weight = 1 / (Double(taken[u].count) * Double(taken[v].count)).squareRoot()
                    sum += weight / (2 + Double(taken[u].intersection(taken[v]).count))
                }
            }
            return sum
        }
    }

    @Test func `Swing over a part of the users is the same for the same seed`() throws {
        func lists(_ seed: UInt64) throws -> [[UInt32]] {
            let neighbors = try ItemNeighbors(Self.matrix, by: .swing(smoothing: 1, users: 5, seed: seed), count: 5)
            return (0..<25).map { neighbors.neighbors(of: $0).map(\.item) }
        }
        #expect(try lists(1) == lists(1))
        #expect(try lists(1) != lists(2))
    }

    @Test func `only the most similar are kept, and a user's score is their sum`() throws {
        let all = try ItemNeighbors(Self.matrix, by: .cosine(shrinkage: 1), count: 1_000)
        let few = try ItemNeighbors(Self.matrix, by: .cosine(shrinkage: 1), count: 4, threads: 3)
        for item in 0..<25 {
            let wanted = all.neighbors(of: item).prefix(4)
            #expect(few.neighbors(of: item).map(\.item) == wanted.map(\.item))
            #expect(wanted.first?.item == UInt32(item))
        }
        var expected = [Float](repeating: 0, count: 25)
        for (item, weight) in zip(Self.matrix.byUser.columns(of: 7), Self.matrix.byUser.values(of: 7)) {
            for (other, similarity) in few.neighbors(of: Int(item)) { expected[Int(other)] += weight * similarity }
        }
        for (found, wanted) in zip(scores(few, 7), expected) { #expect(abs(found - wanted) < 1e-4) }
    }

    @Test(arguments: [1, 7, 40])
    func `the most similar of many are those of the whole column, whether few or most items are met`(
        count: Int
    ) throws {
        // With 12 events a user meets a fiftieth of the items; with 300, most of them.
        for (items, each) in [(700, 12), (300, 300)] {
            let matrix = RandomBehaviour.matrix(users: 30, items: items, each: each, seed: 2, weighed: false)
            let columns = matrix.byItem.dense
            let neighbors = try ItemNeighbors(matrix, by: .cosine(shrinkage: 3), count: count, threads: 2)
            for item in stride(from: 0, to: items, by: 11) {
                let similarities = (0..<items).map { other -> Float in
                    func product(_ a: Int, _ b: Int) -> Float {
                        Float(zip(columns[a], columns[b]).reduce(0) { $0 + $1.0 * $1.1 })
                    }
                    let lengths = product(item, item).squareRoot() * product(other, other).squareRoot()
                    return product(item, other) / (lengths + 3)
                }
                let expected = (0..<items).filter { similarities[$0] > 0 }
                    .sorted { (similarities[$1], $0) < (similarities[$0], $1) }.prefix(count)
                #expect(neighbors.neighbors(of: item).map { Int($0.item) } == Array(expected), "item \(item)")
            }
        }
    }
}
