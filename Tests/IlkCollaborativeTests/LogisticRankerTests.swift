import Glibc
import IlkCollaborative
import IlkVectors
import Testing

@Suite struct `Logistic ranker` {
    /// Examples whose odds are known: `ln odds = −1 + 2 x₀ − 0.5 x₁`, and a third feature that is always 7.
    private static func examples(_ count: Int, seed: UInt64) -> (features: Matrix, labels: [Bool]) {
        var random = SplitMix64(seed: seed)
        var elements: [Float] = []
        var labels: [Bool] = []
        for _ in 0..<count {
            let (a, b) = (Float.random(in: -2..<2, using: &random), Float.random(in: 0..<10, using: &random))
            elements += [a, b, 7]
            labels.append(Float.random(in: 0..<1, using: &random) < 1 / (1 + exp(1 - 2 * a + 0.5 * b)))
        }
        return (Matrix(rows: count, columns: 3, elements: elements), labels)
    }

    private static let names = ["a", "b", "constant"]

    private static func training(_ count: Int = 20_000, weights: [Float]? = nil) throws -> LogisticTraining {
        let (features, labels) = examples(count, seed: 1)
        return try LogisticTraining(features, labels: labels, weights: weights, names: names)
    }

    @Test func `the odds that examples were drawn with are found`() throws {
        let model = try Self.training().model(regularization: 1e-3)
        let slopes = zip(model.coefficients, model.deviations).map { $0 / $1 }
        #expect(abs(slopes[0] - 2) < 0.1)
        #expect(abs(slopes[1] + 0.5) < 0.03)
        #expect(model.coefficients[2] == 0)
        #expect(abs(model.logOdds(of: [0, 0, 7].span) + 1) < 0.15)
    }

    @Test func `the gradient is zero at the model, by the book`() throws {
        let (features, labels) = Self.examples(300, seed: 2)
        let weights = (0..<300).map { Float($0 % 3) }
        let model = try LogisticTraining(features, labels: labels, weights: weights, names: Self.names)
            .model(regularization: 5)
        var gradient = [Double](repeating: 0, count: 4)
        for row in 0..<300 {
            let values = features.row(row)
            let rest = Double(weights[row] * ((labels[row] ? 1 : 0) - model.probability(of: values.span)))
            for place in 0..<3 {
                gradient[place] += rest * Double((values[place] - model.means[place]) / model.deviations[place])
            }
            gradient[3] += rest
        }
        for place in 0..<3 { gradient[place] -= 5 * Double(model.coefficients[place]) }
        for value in gradient { #expect(abs(value) < 0.02) }
    }

    @Test func `probabilities are calibrated as a whole and by the tenth`() throws {
        let model = try Self.training().model(regularization: 1)
        let (features, labels) = Self.examples(20_000, seed: 3)
        let found = labels.indices.map { (model.probability(of: features.row($0).span), labels[$0]) }
            .sorted { $0.0 < $1.0 }
        for tenth in 0..<10 {
            let part = found[tenth * 2_000..<(tenth + 1) * 2_000]
            let expected = part.reduce(0) { $0 + Double($1.0) } / 2_000
            let share = Double(part.count { $0.1 }) / 2_000
            #expect(abs(expected - share) < 0.04, "tenth \(tenth)")
        }
    }

    @Test func `an example with weight 2 counts as two, one with weight 0 not at all`() throws {
        let (features, labels) = Self.examples(400, seed: 4)
        let weights = (0..<400).map { Float($0 % 3) }
        let weighed = try LogisticTraining(features, labels: labels, weights: weights, names: Self.names)
        let places = (0..<400).flatMap { [Int](repeating: $0, count: $0 % 3) }
        let copied = try LogisticTraining(
            Matrix(rows: places.count, columns: 3, elements: places.flatMap(features.row)),
            labels: places.map { labels[$0] }, names: Self.names)
        // The scales differ, so nothing but a penalty of nearly nothing gives the same model.
        let (first, second) = (
            try weighed.model(regularization: 1e-3), try copied.model(regularization: 1e-3)
        )
        for row in 0..<400 {
            let values = features.row(row)
            #expect(abs(first.probability(of: values.span) - second.probability(of: values.span)) < 1e-2)
        }
    }

    @Test func `separable examples give finite numbers that rank them rightly`() throws {
        let features = Matrix(rows: 6, columns: 1, elements: [1, 2, 3, 10, 11, 12])
        let labels = [false, false, false, true, true, true]
        let model = try LogisticTraining(features, labels: labels, names: ["x"]).model(regularization: 1e-4)
        let found = (0..<6).map { model.probability(of: features.row($0).span) }
        #expect(found == found.sorted())
        #expect(found[2] < 0.1 && found[3] > 0.9)
        #expect(found.allSatisfy { $0 >= 0 && $0 <= 1 })
    }

    @Test func `cross-validation finds that noise wants much regularization, on any number of threads`() throws {
        var random = SplitMix64(seed: 5)
        let elements = (0..<300 * 20).map { _ in Float.random(in: -1..<1, using: &random) }
        let labels = (0..<300).map { _ in Bool.random(using: &random) }
        let noise = try LogisticTraining(
            Matrix(rows: 300, columns: 20, elements: elements), labels: labels, names: (0..<20).map { "x\($0)" })
        let groups = (0..<300).map { UInt32($0 / 3) }
        let values: [Float] = [0.01, 1, 100, 10_000]
        let found = try noise.regularization(groups: groups, among: values)
        #expect(found >= 100)
        #expect(try noise.regularization(groups: groups, among: values, threads: 3) == found)
        let clear = try Self.training(3_000).regularization(groups: (0..<3_000).map { UInt32($0) }, among: values)
        #expect(clear <= 1)
    }

    @Test func `a model comes back from its bytes`() throws {
        let model = try Self.training(500).model(regularization: 1)
        #expect(try LogisticRanker(bytes: model.bytes) == model)
    }

    @Test func `bytes that were cut, changed or added to are refused`() throws {
        let bytes = try Self.training(500).model(regularization: 1).bytes
        for count in 0..<bytes.count {
            #expect(throws: CollaborativeError.self) { try LogisticRanker(bytes: Array(bytes.prefix(count))) }
        }
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x40
            #expect(throws: CollaborativeError.self) { try LogisticRanker(bytes: changed) }
        }
        #expect(throws: CollaborativeError.self) { try LogisticRanker(bytes: bytes + [0]) }
    }

    @Test func `numbers that are not finite and lengths that do not fit are refused`() {
        #expect(throws: CollaborativeError.self) {
            try LogisticRanker(names: ["x"], means: [0], deviations: [1], coefficients: [.nan], intercept: 0)
        }
        #expect(throws: CollaborativeError.self) {
            try LogisticRanker(names: ["x"], means: [0], deviations: [0], coefficients: [1], intercept: 0)
        }
        #expect(throws: CollaborativeError.self) {
            try LogisticRanker(names: ["x", "y"], means: [0], deviations: [1], coefficients: [1], intercept: 0)
        }
        let rows = Matrix(rows: 2, columns: 1, elements: [1, .infinity])
        #expect(throws: CollaborativeError.self) {
            try LogisticTraining(rows, labels: [true, false], names: ["x"])
        }
        let fine = Matrix(rows: 2, columns: 1, elements: [1, 2])
        #expect(throws: CollaborativeError.self) { try LogisticTraining(fine, labels: [true], names: ["x"]) }
        #expect(throws: CollaborativeError.empty("all examples have the same label")) {
            try LogisticTraining(fine, labels: [true, true], names: ["x"])
        }
    }
}
