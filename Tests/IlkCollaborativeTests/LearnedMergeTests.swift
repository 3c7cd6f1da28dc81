import IlkCollaborative
import IlkVectors
import Testing

@Suite struct `Learning to merge channels` {
    static let events = RandomBehaviour.events(users: 90, items: 60, each: 20, seed: 1)
    static let validation = Trial(events, users: 90, at: 50 * Decay.day, days: 25, minimumCount: 1)
    static let test = Trial(events, users: 90, at: 75 * Decay.day, days: 25, minimumCount: 1)

    private static func channels(_ trial: Trial) throws -> [any ItemScorer] {
        let settings = ChannelSettings()
        return try [.itemCF, .ease, .popular].map { try settings.channel($0, of: trial, for: .new) }
    }

    private static let names = ["item_cf", "ease", "popular"]

    @Test(arguments: Question.allCases)
    func `a model of one period ranks the next far better than chance, on any number of threads`(
        question: Question
    ) throws {
        let learned = try LearnedMerge.learn(
            from: Self.channels(Self.validation), names: Self.names,
            on: Examination(Self.validation, question), threads: 2)
        #expect(LearnedMerge.regularizations.contains(learned.regularization))
        #expect(learned.model.names.prefix(2) == ["item_cf.score", "item_cf.reciprocal_place"])
        #expect(learned.model.names.contains("own_days") == (question == .repeats))
        let merge = LearnedMerge(try Self.channels(Self.test), of: Self.test, question, model: learned.model)
        let examination = Examination(Self.test, question)
        let ranked = examination.rank(by: merge)
        #expect(ranked == examination.rank(by: merge, threads: 3))
        let noise = `Merging channels`.Noise(items: Self.test.items, seed: 1)
        let chance = examination.measures(of: examination.rank(by: noise)).ndcg
        #expect(examination.measures(of: ranked).ndcg > 1.5 * chance)
    }

    @Test func `a channel that knows is believed`() throws {
        let examination = Examination(Self.validation, .repeats)
        let oracle = Oracle(items: Self.validation.items, answers: examination.answers)
        let noise = `Merging channels`.Noise(items: Self.validation.items, seed: 2)
        let learned = try LearnedMerge.learn(from: [noise, oracle], names: ["noise", "oracle"], on: examination)
        let merge = LearnedMerge([noise, oracle], of: Self.validation, .repeats, model: learned.model)
        #expect(examination.measures(of: examination.rank(by: merge)).ndcg > 0.98)
    }

    @Test func `items that are not offered have no probability, and all others at most 1`() throws {
        let examination = Examination(Self.validation, .new)
        let channels = try Self.channels(Self.validation)
        let model = try LearnedMerge.learn(from: channels, names: Self.names, on: examination).model
        let merge = LearnedMerge(channels, of: Self.validation, .new, model: model)
        let answer = try #require(examination.answers.first)
        var scores = [Float](repeating: -1, count: merge.items)
        merge.score(user: Int(answer.user), excluding: examination.excluded[0], into: &scores)
        #expect(examination.excluded[0].allSatisfy { scores[Int($0)] == 0 })
        #expect(scores.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(scores.contains { $0 > 0 })
    }
}
