import IlkCollaborative
import Testing

@Suite struct `Trials` {
    static let events = [
        (0, 7, 1), (0, 7, 2), (0, 8, 3), (1, 7, 4), (1, 9, 5), (1, 8, 11), (0, 7, 12), (0, 9, 13), (1, 7, 40),
        (2, 7, 12),
    ].map { Interaction(user: $0.0, item: $0.1, time: Int64($0.2) * Decay.day) }

    @Test func `a temporal trial learns from what came before, and asks for what came after`() {
        let trial = Trial(Self.events, users: 3, at: 10 * Decay.day, days: 20, minimumCount: 1)
        #expect(trial.names == [7, 8, 9])
        #expect(trial.training.map(\.item) == [0, 0, 1, 0, 2])
        #expect(trial.training.allSatisfy { $0.time < trial.now })
        #expect(trial.heldOut.map(\.user) == [0, 1, 2])
        #expect(trial.heldOut.map(\.items) == [[0, 2], [1], [0]])
    }

    @Test func `items with few events in training do not exist`() {
        let trial = Trial(Self.events, users: 3, at: 10 * Decay.day, days: 20, minimumCount: 3)
        #expect(trial.names == [7])
        #expect(trial.heldOut.map(\.user) == [0, 2])
    }

    @Test func `asked for new items, users are not offered their own, and need not have answers`() {
        let trial = Trial(Self.events, users: 3, at: 10 * Decay.day, days: 20, minimumCount: 1)
        let fresh = Examination(trial, .new)
        #expect(fresh.answers.map(\.user) == [0, 1])
        #expect(fresh.answers.map(\.items) == [[2], [1]])
        #expect(fresh.excluded == [[0, 1], [0, 2]])
        // User 2 did nothing before.
        let any = Examination(trial, .repeats)
        #expect(any.answers.map(\.items) == [[0, 2], [1]])
        #expect(any.excluded == [[], []])
        #expect(Examination(trial, .repeats, minimumHistory: 3).answers.map(\.user) == [0])
    }

    @Test func `leaving the last out holds out one event a user`() {
        let test = Trial.leavingLastOut(Self.events, users: 3, minimumCount: 1)
        #expect(test.heldOut.map { $0.items.map { test.names[Int($0)] } } == [[9], [7], [7]])
        #expect(test.training.count == 7)
        let validation = Trial.leavingLastOut(Self.events, users: 3, skipping: 1, minimumCount: 1)
        #expect(validation.heldOut.map { $0.items.map { validation.names[Int($0)] } } == [[7], [8]])
        #expect(validation.training.count == 5)
    }

    @Test func `a channel that knows the answers ranks perfectly on any number of threads`() {
        let events = RandomBehaviour.events(users: 60, items: 30, each: 12, seed: 1)
        let trial = Trial(events, users: 60, at: 70 * Decay.day, days: 30, minimumCount: 1)
        for question in Question.allCases {
            let examination = Examination(trial, question)
            let oracle = Oracle(items: trial.items, answers: examination.answers)
            let ranked = examination.rank(by: oracle)
            #expect(ranked == examination.rank(by: oracle, threads: 3))
            let measures = examination.measures(of: ranked)
            #expect(measures.ndcg == 1)
            #expect(measures.hitRate == 1)
            #expect(measures.reciprocalRank == 1)
        }
    }
}

/// Scores 1 for what is asked for, else 0.
struct Oracle: ItemScorer {
    let items: Int
    let answers: [Trial.Answer]

    func score(user: Int, into scores: inout [Float]) {
        for item in scores.indices { scores[item] = 0 }
        for answer in answers where answer.user == user { for item in answer.items { scores[Int(item)] = 1 } }
    }
}
