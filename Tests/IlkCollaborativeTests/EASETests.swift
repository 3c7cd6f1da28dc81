import IlkCollaborative
import Testing

@Suite struct `EASE in closed form` {
    /// `X · B`.
    static func defined(_ matrix: SparseMatrix, regularization: Double) -> Book.Rows {
        Book.product(matrix.dense, weights(matrix, regularization: regularization))
    }

    /// `B` by the definition: `B = I − P / diag(P)`, `P = (XᵀX + λI)⁻¹`.
    static func weights(_ matrix: SparseMatrix, regularization: Double) -> Book.Rows {
        let x = matrix.dense
        var gram = Book.product(Book.transposed(x), x)
        for place in gram.indices { gram[place][place] += regularization }
        let inverse = Book.inverse(gram)
        return inverse.indices.map { row in
            inverse.indices.map { row == $0 ? 0 : -inverse[row][$0] / inverse[$0][$0] }
        }
    }

    @Test(arguments: [(users: 15, items: 40, byUsers: true), (users: 60, items: 20, byUsers: false)])
    func `scores are as the definition has them, solved by either side`(
        shape: (users: Int, items: Int, byUsers: Bool)
    ) throws {
        let matrix = RandomBehaviour.matrix(users: shape.users, items: shape.items, each: 6, seed: 1)
        let model = try EASE(matrix, items: 1_000, regularization: 3, threads: 2)
        #expect(model.isSolvedByUsers == shape.byUsers)
        let expected = Self.defined(matrix.byUser, regularization: 3)
        for user in 0..<shape.users {
            for (found, wanted) in zip(scores(model, user), expected[user]) {
                #expect(abs(Double(found) - wanted) < 2e-4)
            }
        }
    }

    @Test(arguments: [15, 60])
    func `an item's neighbors are the largest weights of its row, whichever side was solved`(users: Int) throws {
        let matrix = RandomBehaviour.matrix(users: users, items: 30, each: 6, seed: 3)
        let lists = try EASE(matrix, items: 1_000, regularization: 3).neighbors(4, threads: 2)
        let expected = Self.weights(matrix.byUser, regularization: 3)
        for item in 0..<30 where !lists.range(of: item).isEmpty {
            let largest = expected[item].filter { $0 > 0 }.sorted(by: >).prefix(4)
            let found = lists.values(of: item).sorted(by: >)
            #expect(found.count == largest.count)
            for (found, wanted) in zip(found, largest) { #expect(abs(Double(found) - wanted) < 2e-4) }
            for place in lists.range(of: item) {
                #expect(abs(Double(lists.values[place]) - expected[item][Int(lists.indices[place])]) < 2e-4)
            }
        }
    }

    @Test(arguments: [8, 30])
    func `only the items with the most users are known`(count: Int) throws {
        let matrix = RandomBehaviour.matrix(users: 20, items: 40, each: 6, seed: 2)
        let model = try EASE(matrix, items: count, regularization: 2)
        let users = matrix.usersOfItems()
        #expect(model.known.count == count)
        let least = try #require(model.known.last.map { users[Int($0)] })
        #expect(users.indices.filter { !model.known.contains(UInt32($0)) }.allSatisfy { users[$0] <= least })
        let known = Set(model.known)
        var elements: [(row: UInt32, column: UInt32, value: Float)] = []
        for user in 0..<20 {
            for (item, value) in zip(matrix.byUser.columns(of: user), matrix.byUser.values(of: user))
            where known.contains(item) { elements.append((UInt32(user), item, value)) }
        }
        let part = SparseMatrix(rows: 20, columns: 40, elements: elements, combine: +)
        let expected = Self.defined(part, regularization: 2)
        for user in 0..<20 {
            for (item, found) in scores(model, user).enumerated() {
                #expect(abs(Double(found) - expected[user][item]) < 2e-4)
                if !known.contains(UInt32(item)) { #expect(found == 0) }
            }
        }
    }
}
