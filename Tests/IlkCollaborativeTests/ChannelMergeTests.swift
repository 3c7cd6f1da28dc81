import IlkCollaborative
import IlkVectors
import Testing

@Suite struct `Merging channels` {
    static let trial = Trial(
        RandomBehaviour.events(users: 80, items: 40, each: 15, seed: 1), users: 80, at: 70 * Decay.day, days: 30,
        minimumCount: 1)

    /// Scores that are the same for every run, and mean nothing.
    struct Noise: ItemScorer {
        let items: Int
        let seed: UInt64

        func score(user: Int, into scores: inout [Float]) {
            var random = SplitMix64(seed: seed &* 1_000 &+ UInt64(user))
            for item in scores.indices { scores[item] = Float.random(in: 0..<1, using: &random) }
        }
    }

    @Test func `a channel that alone has a weight ranks as it does by itself`() {
        let examination = Examination(Self.trial, .new)
        let noise = Noise(items: Self.trial.items, seed: 1)
        let other = Noise(items: Self.trial.items, seed: 2)
        let merge = ChannelMerge([other, noise], weights: [0, 0.3])
        #expect(examination.rank(by: merge, threads: 2) == examination.rank(by: noise))
    }

    @Test func `scores are added on the scale of the best item that is offered`() {
        struct Fixed: ItemScorer {
            let values: [Float]
            var items: Int { values.count }
            func score(user: Int, into scores: inout [Float]) { scores = values }
        }
        let merge = ChannelMerge([Fixed(values: [100, 16, 1, 0]), Fixed(values: [-1, 0, 9, 9])], weights: [2, 1])
        var scores = [Float](repeating: 0, count: 4)
        merge.score(user: 0, excluding: [0], into: &scores)
        #expect(scores[1...] == [2, 2, 1])
    }

    @Test(arguments: Question.allCases)
    func `weights go to the channel that knows, and ranking is no worse than its`(question: Question) throws {
        let examination = Examination(Self.trial, question)
        let oracle = Oracle(items: Self.trial.items, answers: examination.answers)
        let channels: [any ItemScorer] = [Noise(items: Self.trial.items, seed: 3), oracle]
        let tuning = WeightTuning(channels, on: examination, threads: 2)
        let (weights, ndcg) = tuning.best(threads: 2)
        #expect(ndcg > 0.999)
        #expect(weights[1] >= weights[0])
        #expect(abs(weights.reduce(0, +) - 1) < 1e-5)
        #expect(abs(tuning.quality(weights) - ndcg) < 1e-9)
    }

    @Test func `the quality that tuning sees is that of the full ranking`() {
        let examination = Examination(Self.trial, .repeats)
        let channels: [any ItemScorer] = [
            Noise(items: Self.trial.items, seed: 4), Popularity(items: Self.trial.items, events: Self.trial.training),
        ]
        let weights: [Float] = [0.4, 0.6]
        let quality = WeightTuning(channels, on: examination).quality(weights)
        let measured = examination.measures(of: examination.rank(by: ChannelMerge(channels, weights: weights)))
        #expect(abs(quality - measured.ndcg) < 1e-6)
    }

    @Test func `the sampled measures draw the same items for every channel, and an oracle finds them all`() {
        let examination = Examination(Self.trial, .repeats)
        let oracle = Oracle(items: Self.trial.items, answers: examination.answers)
        #expect(examination.sampledMeasures(of: oracle, seed: 1) == SampledMeasures(hitRate: 1, ndcg: 1))
        let noise = Noise(items: Self.trial.items, seed: 5)
        #expect(
            examination.sampledMeasures(of: noise, seed: 1, threads: 3)
                == examination.sampledMeasures(of: noise, seed: 1))
    }
}
