import Glibc
import IlkVectors

/// Several channels as one, by a model that has learned from what people took of the channels' best items.
///
/// The candidates of a user are the best ``depth`` items of each channel. What is known of each is every channel's score and
/// place, how popular and how new the item is, and, where own items are offered, how often and when the user took it. They are
/// ranked by a ``LogisticRanker`` that has learned from an earlier period.
package struct LearnedMerge: ItemScorer {
    private let channels: [any ItemScorer]
    private let traits: BehaviourTraits
    private let question: Question
    package let model: LogisticRanker

    package var items: Int { channels[0].items }

    /// How many items of each channel are looked at.
    package static let depth = 100
    /// Values of λ that are tried.
    package static let regularizations: [Float] = [30, 100, 300, 1_000, 3_000]

    /// Applies a model that was learned on another trial.
    ///
    /// - Parameters:
    ///   - channels: made of the training data of `trial`, the same ones in the same order as the model has learned from.
    ///   - trial: what the channels have learned from.
    ///   - question: what is asked.
    ///   - model: of ``learn(from:names:on:threads:)``.
    package init(_ channels: [any ItemScorer], of trial: Trial, _ question: Question, model: LogisticRanker) {
        self.channels = channels
        self.question = question
        self.model = model
        traits = BehaviourTraits(trial)
        let width = Self.numbersOfChannel.count * channels.count + BehaviourTraits.names(question).count
        precondition(model.features == width, "a model of \(model.features) features for \(width)")
    }

    /// Learns from what users took of the channels' best items; λ is found by cross-validation over users.
    ///
    /// - Parameters:
    ///   - channels: made of the training data of the examinations' trial.
    ///   - names: of the channels.
    ///   - examination: of the validation period, never of the test's.
    ///   - threads: users are shared out among so many.
    /// - Returns: the model, and its λ.
    /// - Throws: where nobody took any of the candidates, or all of them.
    package static func learn(
        from channels: [any ItemScorer], names: [String], on examination: Examination, threads: Int = 1
    ) throws(CollaborativeError) -> (model: LogisticRanker, regularization: Float) {
        precondition(channels.count == names.count)
        let question = examination.question
        let traits = BehaviourTraits(examination.trial)
        let found = examination.collect(threads: threads) { place, scores in
            let answer = examination.answers[place]
            let (items, rows) = candidates(
                of: Int(answer.user), channels, traits, question, excluding: examination.excluded[place], &scores)
            let wanted = Set(answer.items)
            return (user: answer.user, rows: rows, isTaken: items.map(wanted.contains))
        }
        let said = names.flatMap { name in numbersOfChannel.map { "\(name).\($0)" } }
        let columns = said + BehaviourTraits.names(question)
        let labels = found.flatMap(\.isTaken)
        let training = try LogisticTraining(
            Matrix(rows: labels.count, columns: columns.count, elements: found.flatMap(\.rows)), labels: labels,
            names: columns)
        let groups = found.flatMap { user in user.isTaken.map { _ in user.user } }
        let best = try training.regularization(groups: groups, among: regularizations, threads: threads)
        return (try training.model(regularization: best), best)
    }

    package func score(user: Int, into scores: inout [Float]) { score(user: user, excluding: [], into: &scores) }

    package func score(user: Int, excluding excluded: [UInt32], into scores: inout [Float]) {
        let (items, rows) = Self.candidates(of: user, channels, traits, question, excluding: excluded, &scores)
        for item in scores.indices { scores[item] = 0 }
        for (place, item) in items.enumerated() {
            let row = rows.span.extracting(place * model.features..<(place + 1) * model.features)
            scores[Int(item)] = model.probability(of: row)
        }
    }

    /// What is said of an item by each channel: its score on the common scale, and its place.
    private static let numbersOfChannel = ["score", "reciprocal_place", "log_place"]

    /// A user's candidates, rising, and what is known of them: shape `[candidates, features]`.
    private static func candidates(
        of user: Int, _ channels: [any ItemScorer], _ traits: BehaviourTraits, _ question: Question,
        excluding excluded: [UInt32], _ scores: inout [Float]
    ) -> (items: [UInt32], rows: [Float]) {
        var lists: [(scores: [Float], top: [UInt32])] = []
        for channel in channels {
            channel.score(user: user, excluding: excluded, into: &scores)
            ChannelMerge.scale(&scores, excluding: excluded)
            let top = TopItems.of(scores, depth)
            lists.append((scores, top.filter { scores[Int($0)] > 0 }))
        }
        let items = Set(lists.flatMap(\.top)).sorted()
        let places = lists.map { list in
            Dictionary(uniqueKeysWithValues: list.top.enumerated().map { ($1, Float($0 + 1)) })
        }
        var rows: [Float] = []
        for item in items {
            for (list, places) in zip(lists, places) {
                let place = places[item] ?? Float(depth + 1)
                rows += [list.scores[Int(item)], 1 / (place + 3), logf(place + 1)]
            }
            traits.append(user: user, item: item, question: question, to: &rows)
        }
        return (items, rows)
    }
}
