import IlkCollaborative
import Testing

@Suite struct `Ranking measures` {
    /// Items by falling score: 2, 0, 3, 1, 4; item 5 is not offered.
    static let scores: [Float] = [0.8, 0.2, 0.9, 0.5, 0.1, -.infinity]

    @Test func `one user's measures are as reckoned by hand`() {
        let ranked = RankedAnswer(scores: Self.scores, answer: [0, 4], depth: 3)
        #expect(ranked.top == [2, 0, 3])
        #expect(ranked.places == [2])
        #expect(ranked.first == 2)
        #expect(ranked.hit(at: 1) == 0)
        #expect(ranked.hit(at: 2) == 1)
        #expect(ranked.recall(at: 3) == 0.5)
        #expect(ranked.reciprocalRank == 0.5)
        // 1 ÷ log₂ 3 of 1 + 1 ÷ log₂ 3.
        #expect(abs(ranked.ndcg(at: 10) - 0.6309297535714575 / 1.6309297535714575) < 1e-12)
        #expect(abs(ranked.ndcg(at: 1) - 0) < 1e-12)
    }

    @Test func `the first place is found beyond those that are kept`() {
        let ranked = RankedAnswer(scores: Self.scores, answer: [4], depth: 2)
        #expect(ranked.places.isEmpty)
        #expect(ranked.first == 5)
    }

    @Test func `of equal scores the lower number comes first`() {
        #expect(TopItems.of([1, 2, 1, 2, 0], 3) == [1, 3, 0])
        let ranked = RankedAnswer(scores: [1, 2, 1, 2, 0], answer: [2], depth: 1)
        #expect(ranked.first == 4)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the best items are those that sorting would give`(seed: UInt64) {
        let events = RandomBehaviour.events(users: 50, items: 8, each: 1, seed: seed)
        let scores = events.map { ($0.weight * 4).rounded() }
        let sorted = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.map(UInt32.init)
        for count in [0, 1, 7, 50, 60] { #expect(TopItems.of(scores, count) == Array(sorted.prefix(count))) }
    }

    @Test func `measures over users are means with their errors`() {
        let answers = [
            RankedAnswer(top: [0, 1], places: [1], first: 1, wanted: 1),
            RankedAnswer(top: [0, 2], places: [], first: 4, wanted: 2),
        ]
        let measures = RankingMeasures(answers, usersOfItems: [4, 2, 1, 1], users: 4)
        #expect(measures.users == 2)
        #expect(measures.hitRate == 0.5)
        #expect(measures.hitRateError == 0.5)
        #expect(measures.ndcg == 0.5)
        #expect(measures.recall == 0.5)
        #expect(measures.reciprocalRank == 0.625)
        // Items 0, 1 and 2 of four were shown; surprise 0, 1, 0 and 2 bits.
        #expect(measures.coverage == 0.75)
        #expect(measures.novelty == 0.75)
        // Shown 0, 1, 1, 2 times: (2 · (1·0 + 2·1 + 3·1 + 4·2) ÷ 4 − 5) ÷ 4.
        #expect(measures.gini == 0.375)
    }

    @Test func `the Gini coefficient of equal counts is 0`() {
        #expect(RankingMeasures.gini([3, 3, 3]) == 0)
        #expect(RankingMeasures.gini([]) == 0)
        #expect(abs(RankingMeasures.gini([0, 0, 0, 7]) - 0.75) < 1e-12)
    }
}
