import Glibc
import IlkCollaborative
import IlkVectors
import Testing

@Suite struct `Factorization machine` {
    private static let names = ["a", "b", "c"]

    /// What is taken depends on the product of the first two, which neither says alone.
    private static func examples(_ count: Int, seed: UInt64) -> (features: Matrix, labels: [Bool]) {
        var random = SplitMix64(seed: seed)
        var elements: [Float] = []
        var labels: [Bool] = []
        for _ in 0..<count {
            let row = (0..<3).map { _ in Float.random(in: -2..<2, using: &random) }
            elements += row
            labels.append(Float.random(in: 0..<1, using: &random) < 1 / (1 + exp(1 - 2 * row[0] * row[1])))
        }
        return (Matrix(rows: count, columns: 3, elements: elements), labels)
    }

    private static func measures(_ model: any RankingModel, _ features: Matrix, _ labels: [Bool]) -> PredictionMeasures
    {
        let odds = labels.indices.map { model.logOdds(of: features.row($0).span) }
        return PredictionMeasures(odds, isTaken: labels, answers: labels.indices.map { UInt32($0) })
    }

    private static func learned() throws -> (logistic: LogisticRanker, machine: FactorizationMachine, passes: Int) {
        let (features, labels) = examples(8_000, seed: 1), (held, found) = examples(4_000, seed: 2)
        let logistic = try LogisticTraining(features, labels: labels, names: names).model(regularization: 1)
        var parameters = FactorizationTraining.Parameters()
        parameters.factors = 4
        let (machine, passes) = try FactorizationTraining(features, isTaken: labels, parameters)
            .model(startingFrom: logistic) { measures($0, held, found).logLoss }
        return (logistic, machine, passes)
    }

    @Test func `learns what two features say together`() throws {
        let (logistic, machine, passes) = try Self.learned()
        let (features, labels) = Self.examples(4_000, seed: 3)
        let plain = Self.measures(logistic, features, labels), pairs = Self.measures(machine, features, labels)
        #expect(plain.auc < 0.6)
        #expect(pairs.auc > 0.85, "\(pairs.auc) after \(passes) passes")
        #expect(pairs.logLoss < plain.logLoss - 0.15, "\(pairs.logLoss) and \(plain.logLoss)")
    }

    @Test func `is the sum of its parts, by the book`() throws {
        let machine = try Self.learned().machine
        let (features, _) = Self.examples(50, seed: 4)
        for row in 0..<50 {
            let values = features.row(row)
            let z = (0..<3).map { (values[$0] - machine.linear.means[$0]) / machine.linear.deviations[$0] }
            var expected = machine.linear.intercept
            for i in 0..<3 {
                expected += machine.linear.coefficients[i] * z[i]
                for j in i + 1..<3 {
                    let product = Kernels.dot(machine.factors.row(i).span, machine.factors.row(j).span)
                    expected += product * z[i] * z[j]
                }
            }
            #expect(abs(machine.logOdds(of: values.span) - expected) < 1e-4)
            let sum = machine.contributions(of: values.span).reduce(machine.linear.intercept, +)
            #expect(abs(sum - expected) < 1e-4)
        }
    }

    @Test func `is the same after the same passes`() throws {
        let (features, labels) = Self.examples(2_000, seed: 5)
        let logistic = try LogisticTraining(features, labels: labels, names: Self.names).model(regularization: 1)
        let training = FactorizationTraining(features, isTaken: labels)
        let first = try training.model(startingFrom: logistic, passes: 3)
        #expect(try training.model(startingFrom: logistic, passes: 3).bytes == first.bytes)
        #expect(try RankingModels.model(of: first.bytes)?.bytes == first.bytes)
    }

    @Test func `stays as it began where nothing is to be learned`() throws {
        let (features, labels) = Self.examples(500, seed: 6)
        let logistic = try LogisticTraining(features, labels: labels, names: Self.names).model(regularization: 1)
        let (_, passes) = try FactorizationTraining(features, isTaken: labels)
            .model(startingFrom: logistic) { _ in 1 }
        #expect(passes == 0)
    }

    @Test func `is refused where bytes were cut or changed`() throws {
        let bytes = try Self.learned().machine.bytes
        for count in 0..<bytes.count {
            #expect(throws: CollaborativeError.self) { try FactorizationMachine(bytes: Array(bytes.prefix(count))) }
        }
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x40
            #expect(throws: CollaborativeError.self) { try FactorizationMachine(bytes: changed) }
        }
    }
}
