import IlkCollaborative
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Alternating least squares` {
    static func parameters(
        factors: Int = 5, iterations: Int = 3, frequencyScaling: Float = 1
    ) -> AlternatingLeastSquares.Parameters {
        var parameters = AlternatingLeastSquares.Parameters()
        parameters.factors = factors
        parameters.iterations = iterations
        parameters.frequencyScaling = frequencyScaling
        parameters.regularization = 0.05
        parameters.unobservedWeight = 0.2
        return parameters
    }

    /// The normal equations as the paper has them, over every pair, in double precision.
    static func solved(
        _ seen: SparseMatrix, _ other: Book.Rows, _ parameters: AlternatingLeastSquares.Parameters
    ) -> Book.Rows {
        let weights = seen.dense
        let alpha = Double(parameters.unobservedWeight)
        return (0..<seen.rows).map { row in
            let events = Double(seen.range(of: row).count)
            guard events > 0 else { return [Double](repeating: 0, count: parameters.factors) }
            let base = events + alpha * Double(seen.columns)
            let ridge =
                Double(parameters.regularization) * (parameters.frequencyScaling == 1 ? base : base.squareRoot())
            var system = [[Double]](
                repeating: [Double](repeating: 0, count: parameters.factors), count: parameters.factors)
            var side = [Double](repeating: 0, count: parameters.factors)
            for (column, vector) in other.enumerated() {
                let weight = weights[row][column]
                for a in vector.indices {
                    side[a] += weight * vector[a]
                    for b in vector.indices { system[a][b] += (weight + alpha) * vector[a] * vector[b] }
                }
            }
            for a in side.indices { system[a][a] += ridge }
            return Book.solve(system, side)
        }
    }

    /// Many users an item, few users an item, and both in one: the two forms of the equations.
    @Test(arguments: [(60, 12, 4), (12, 60, 9), (40, 40, 6), (30, 8, 8)], [Float(1), 0.5])
    func `a step solves the normal equations of every row`(shape: (Int, Int, Int), frequencyScaling: Float) throws {
        let matrix = RandomBehaviour.matrix(users: shape.0, items: shape.1, each: shape.2, seed: 1)
        let parameters = Self.parameters(frequencyScaling: frequencyScaling)
        let model = try AlternatingLeastSquares.train(matrix, parameters)
        // The items were solved last, from the users' factors as they are.
        let users = (0..<model.users).map { model.userFactors.row($0).map(Double.init) }
        let expected = Self.solved(matrix.byItem, users, parameters)
        for item in 0..<model.items {
            for (found, wanted) in zip(model.itemFactors.row(item), expected[item]) {
                #expect(abs(Double(found) - wanted) < 1e-4, "item \(item)")
            }
        }
    }

    @Test func `predictions are those of a naive implementation from the same start`() throws {
        let matrix = RandomBehaviour.matrix(users: 30, items: 20, each: 6, seed: 2)
        let parameters = Self.parameters(iterations: 4)
        let start = Matrix(rows: 20, columns: 5, elements: RandomVectors.flat(20, 5, seed: 3))
        let model = try AlternatingLeastSquares.train(matrix, parameters, startingFrom: start)
        var items = (0..<20).map { start.row($0).map(Double.init) }
        var users: Book.Rows = []
        for _ in 0..<4 {
            users = Self.solved(matrix.byUser, items, parameters)
            items = Self.solved(matrix.byItem, users, parameters)
        }
        let expected = Book.product(users, Book.transposed(items))
        for user in 0..<30 {
            for (found, wanted) in zip(scores(model, user), expected[user]) {
                #expect(abs(Double(found) - wanted) < 1e-3)
            }
        }
    }

    @Test func `the number of threads changes nothing`() throws {
        let matrix = RandomBehaviour.matrix(users: 300, items: 200, each: 8, seed: 4)
        var parameters = Self.parameters()
        let one = try AlternatingLeastSquares.train(matrix, parameters)
        parameters.threads = 3
        let three = try AlternatingLeastSquares.train(matrix, parameters)
        #expect(one.itemFactors.elements == three.itemFactors.elements)
        #expect(one.userFactors.elements == three.userFactors.elements)
    }

    @Test func `a user folded in gets what training would give`() throws {
        let matrix = RandomBehaviour.matrix(users: 50, items: 30, each: 7, seed: 5)
        let parameters = Self.parameters()
        let model = try AlternatingLeastSquares.train(matrix, parameters)
        let items = (0..<30).map { model.itemFactors.row($0).map(Double.init) }
        let expected = Self.solved(matrix.byUser, items, parameters)
        let foldIn = FoldIn.ofUsers(model)
        for user in 0..<50 {
            let seen = zip(matrix.byUser.columns(of: user), matrix.byUser.values(of: user)).map { ($0, $1) }
            for (found, wanted) in zip(foldIn.vector(of: seen), expected[user]) {
                #expect(abs(Double(found) - wanted) < 1e-4)
            }
        }
        #expect(foldIn.vector(of: []) == [0, 0, 0, 0, 0])
    }

    @Test func `an item folded in is near those that the same users took`() throws {
        let matrix = RandomBehaviour.matrix(users: 90, items: 30, each: 9, seed: 6)
        let model = try AlternatingLeastSquares.train(matrix, Self.parameters(iterations: 8))
        let fans = (0..<90 as Range<UInt32>).filter { $0 % 3 == 1 }.map { (row: $0, weight: Float(1)) }
        var liking = [Float](repeating: 0, count: 3)
        let vector = FoldIn.ofItems(model).vector(of: fans)
        for user in 0..<90 {
            liking[user % 3] += zip(model.userFactors.row(user), vector).reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(liking[1] > 2 * max(liking[0], liking[2]))
    }

    @Test func `a warm start is near its end at once`() throws {
        let matrix = RandomBehaviour.matrix(users: 80, items: 50, each: 8, seed: 7)
        let settled = try AlternatingLeastSquares.train(matrix, Self.parameters(iterations: 200))
        func distance(_ model: FactorModel) -> Float {
            (0..<80).reduce(0) { sum, user in
                zip(scores(model, user), scores(settled, user)).reduce(sum) { $0 + abs($1.0 - $1.1) }
            }
        }
        let cold = try AlternatingLeastSquares.train(matrix, Self.parameters(iterations: 1))
        let warm = try AlternatingLeastSquares.train(
            matrix, Self.parameters(iterations: 1), startingFrom: settled.itemFactors)
        #expect(distance(warm) < distance(cold) / 20)
    }

    @Test func `training ends when it is told to`() throws {
        let matrix = RandomBehaviour.matrix(users: 20, items: 10, each: 4, seed: 8)
        var seen: [Int] = []
        let stopped = try AlternatingLeastSquares.train(matrix, Self.parameters(iterations: 9)) {
            seen.append($0)
            return $0 < 2
        }
        let two = try AlternatingLeastSquares.train(matrix, Self.parameters(iterations: 2))
        #expect(seen == [1, 2])
        #expect(stopped.itemFactors.elements == two.itemFactors.elements)
    }

    @Test func `a parameter out of range is refused with the range`() {
        var parameters = Self.parameters()
        parameters.factors = 0
        let error = #expect(throws: CollaborativeError.self) { try parameters.validate() }
        #expect(error?.description == "factors is 0; choose 1 to 1024")
        let nothing = InteractionMatrix(users: 2, items: 2, events: [])
        #expect(throws: CollaborativeError.self) { _ = try AlternatingLeastSquares.train(nothing, Self.parameters()) }
    }
}

extension RandomVectors {
    static func flat(_ rows: Int, _ columns: Int, seed: UInt64) -> [Float] {
        uniform(rows, dimension: columns, seed: seed).flatMap { $0 }
    }
}
