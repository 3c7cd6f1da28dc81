import IlkVectors

extension EASE {
    /// For each item the items with the largest weights in its row of `B`: what having it says for them.
    ///
    /// A user's scores are then sums over few neighbors instead of over all items.
    ///
    /// - Parameters:
    ///   - count: neighbors that an item keeps, of those with a weight above 0.
    ///   - threads: they change the speed only.
    /// - Returns: shape `[items, items]`.
    package func neighbors(_ count: Int, threads: Int = 1) -> SparseMatrix {
        let columns = profiles.transposed()
        let lists = PhasedWork.map(
            threads: threads, count: known.count, block: 64, scratch: { [Float](repeating: 0, count: known.count) }
        ) { item, row in
            fill(&row, ofItem: item, columns)
            var best = TopK(count)
            for (other, weight) in row.enumerated() where other != item && weight > 0 && -weight <= best.bound {
                best.insert(Neighbor(ordinal: Ordinal(UInt32(other)), distance: -weight))
            }
            return best.neighbors
        }
        let elements = lists.enumerated().flatMap { item, list in
            list.map { (row: known[item], column: known[Int($0.ordinal.rawValue)], value: -$0.distance) }
        }
        return SparseMatrix(rows: items, columns: items, elements: elements, combine: +)
    }

    /// Writes the row of `B` of an item that the model knows; what stands at the item itself says nothing.
    private func fill(_ row: inout [Float], ofItem item: Int, _ columns: SparseMatrix) {
        switch side {
        case .items(let inverse):
            for other in row.indices { row[other] = -inverse[item * row.count + other] * inverseDiagonal[other] }
        case .users(let kernel):
            // λP is XᵀKX beside its diagonal, and λ stands in `inverseDiagonal` too.
            for other in row.indices { row[other] = 0 }
            let users = profiles.rows
            var product = [Float](repeating: 0, count: users)
            for place in columns.range(of: item) {
                let start = Int(columns.indices[place]) * users
                for user in 0..<users { product[user] += columns.values[place] * kernel[start + user] }
            }
            for user in 0..<users where product[user] != 0 {
                for place in profiles.range(of: user) {
                    row[Int(profiles.indices[place])] += product[user] * profiles.values[place]
                }
            }
            for other in row.indices { row[other] *= inverseDiagonal[other] / regularization }
        }
    }
}
