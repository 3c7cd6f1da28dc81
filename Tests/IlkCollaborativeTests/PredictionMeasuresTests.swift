import Glibc
import IlkCollaborative
import IlkVectors
import Testing

@Suite struct `Measures of probabilities` {
    @Test func `log loss and area are those of the book`() {
        let measures = PredictionMeasures(
            [0, 2, -1, 2], isTaken: [true, true, false, false], answers: [0, 0, 0, 0])
        let expected = (log(2.0) + log1p(exp(-2.0)) + log1p(exp(-1.0)) + log1p(exp(2.0))) / 4
        #expect(abs(measures.logLoss - expected) < 1e-6)
        // Of the pairs, one is right, one half, one right, one wrong.
        #expect(measures.auc == 2.5 / 4)
        #expect(measures.examples == 4 && measures.taken == 2)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the area is the share of pairs that stand the right way round`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let scores = (0..<60).map { _ in Float(Int.random(in: 0..<12, using: &random)) }
        let isTaken = (0..<60).map { _ in Int.random(in: 0..<3, using: &random) == 0 }
        let measures = PredictionMeasures(
            [Float](repeating: 0, count: 60), ranking: scores, isTaken: isTaken,
            answers: (0..<60).map { UInt32($0 / 10) })
        func share(_ places: Range<Int>) -> (right: Double, pairs: Double) {
            var right = 0.0, pairs = 0.0
            for a in places where isTaken[a] {
                for b in places where !isTaken[b] {
                    pairs += 1
                    right += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0
                }
            }
            return (right, pairs)
        }
        let all = share(0..<60)
        #expect(abs(measures.auc - all.right / all.pairs) < 1e-9)
        let each = (0..<6).map { share($0 * 10..<($0 + 1) * 10) }.filter { $0.pairs > 0 }
        let mean = each.reduce(0) { $0 + $1.right / $1.pairs } / Double(each.count)
        #expect(abs((measures.aucWithinAnswers ?? -1) - mean) < 1e-9)
    }

    @Test func `where nothing was taken there is no order to be measured`() {
        let measures = PredictionMeasures([1, 2], isTaken: [false, false], answers: [0, 1])
        #expect(measures.auc == 0.5 && measures.aucWithinAnswers == nil)
    }

    @Test func `tenths go by probability, and tell what was expected and what was found`() {
        let odds = (0..<100).map { Float($0 % 10) - 5 }
        let measures = PredictionMeasures(odds, isTaken: odds.map { $0 > 0 }, answers: (0..<100).map { UInt32($0) })
        #expect(measures.bins.map(\.examples) == [Int](repeating: 10, count: 10))
        #expect(measures.bins.map(\.found) == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
        #expect(abs(measures.bins[0].expected - 1 / (1 + exp(5.0))) < 1e-6)
    }
}
