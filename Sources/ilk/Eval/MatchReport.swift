import IlkCollaborative
import IlkProtocol

/// How channels answered one question, one by one and merged: a table.
struct MatchReport {
    /// A channel made of the test's training data.
    struct Channel {
        var kind: ChannelKind
        /// The question that it was made for; nil for both.
        var question: Question?
        var scorer: any ItemScorer
        /// What making it took.
        var seconds: Double
    }

    private struct Row {
        var name: String
        var weight: Float?
        var measures: RankingMeasures
        var sampled: SampledMeasures?
        var seconds: Double?
        /// Each user's NDCG@10.
        var gains: [Double]
    }

    private let question: Question
    /// The channels', and after them the merges'.
    private let rows: [Row]
    private let channelCount: Int

    /// Ranks for every user with every channel, and with all of them by weight; nil where nobody has an answer to find.
    ///
    /// - Parameters:
    ///   - question: what was asked.
    ///   - channels: those that can answer it, at least one.
    ///   - weights: of the channels, found elsewhere; nil for no merged row.
    ///   - model: of a ``LearnedMerge`` of the channels, learned elsewhere; nil for no learned row.
    ///   - examination: of the test.
    ///   - threads: users are shared out among so many.
    ///   - sampledSeed: of the sampled measures; nil for none.
    init?(
        question: Question, channels: [Channel], weights: [Float]?, model: LogisticRanker?, examination: Examination,
        threads: Int, sampledSeed: UInt64?
    ) {
        guard !examination.answers.isEmpty else { return nil }
        self.question = question
        func row(_ name: String, _ scorer: some ItemScorer, _ weight: Float?, _ seconds: Double?) -> Row {
            let ranked = examination.rank(by: scorer, threads: threads)
            return Row(
                name: name, weight: weight, measures: examination.measures(of: ranked),
                sampled: sampledSeed.map { examination.sampledMeasures(of: scorer, seed: $0, threads: threads) },
                seconds: seconds, gains: ranked.map { $0.ndcg(at: RankingMeasures.width) })
        }
        var rows = channels.enumerated().map { place, channel in
            row(channel.kind.rawValue, channel.scorer, weights?[place], channel.seconds)
        }
        if let weights {
            rows.append(row(Self.merged, ChannelMerge(channels.map(\.scorer), weights: weights), nil, nil))
        }
        if let model {
            let merge = LearnedMerge(channels.map(\.scorer), of: examination.trial, question, model: model)
            rows.append(row(Self.learned, merge, nil, nil))
        }
        channelCount = channels.count
        self.rows = rows
    }

    private static let merged = "merged"
    private static let learned = "learned"

    /// How much better a row is than the best channel: in NDCG@10, with the standard error over users; nil for a channel's.
    private func gain(of row: Row) -> (best: String, mean: Double, error: Double)? {
        let channels = rows.prefix(channelCount)
        guard !channels.contains(where: { $0.name == row.name }),
            let best = channels.max(by: { $0.measures.ndcg < $1.measures.ndcg })
        else { return nil }
        let difference = RankingMeasures.mean(zip(row.gains, best.gains).map(-))
        return (best.name, difference.mean, difference.error)
    }

    /// Writes the table to standard output.
    func show() {
        let isSampled = rows.contains { $0.sampled != nil }
        Output.line("")
        Output.line("\(question.title): \(Format.counted(rows.first?.measures.users ?? 0, "user"))")
        var columns: [Table.Column] = [.text("channel")]
        columns += [
            "weight", "HR@10", "NDCG@10", "±", "Recall@50", "MRR", "coverage", "novelty", "Gini", "made in",
        ].map { .number($0) }
        if isSampled { columns += [.number("sampled HR@10"), .number("sampled NDCG@10")] }
        var table = Table(columns)
        for row in rows {
            let measures = row.measures
            table.add(
                [row.name, row.weight.map { Format.decimal(Double($0), 2) } ?? ""]
                    + [measures.hitRate, measures.ndcg, measures.ndcgError, measures.recall, measures.reciprocalRank]
                    .map { Format.decimal($0, 4) }
                    + [Format.decimal(measures.coverage, 3), Format.decimal(measures.novelty, 2)]
                    + [Format.decimal(measures.gini, 3), row.seconds.map(Format.seconds) ?? ""]
                    + (row.sampled.map { [Format.decimal($0.hitRate, 3), Format.decimal($0.ndcg, 3)] } ?? []))
        }
        table.show()
        for row in rows {
            guard let gain = gain(of: row) else { continue }
            let sign = gain.mean < 0 ? "−" : "+"
            Output.line(
                "\(row.name) is \(sign)\(Format.decimal(abs(gain.mean), 4)) ± \(Format.decimal(gain.error, 4)) NDCG@10 from "
                    + "the best channel, \(gain.best)")
        }
    }

    /// One object a row.
    var json: [JSONValue] {
        rows.map { row in
            let measures = row.measures
            func number(_ value: Double) -> JSONValue { .double((value * 1e6).rounded() / 1e6) }
            var members: [(String, JSONValue)] = [
                ("question", .string(question.rawValue)), ("channel", .string(row.name)),
                ("users", .int(Int64(measures.users))), ("weight", row.weight.map { number(Double($0)) } ?? .null),
                ("hr_10", number(measures.hitRate)), ("hr_10_error", number(measures.hitRateError)),
                ("ndcg_10", number(measures.ndcg)), ("ndcg_10_error", number(measures.ndcgError)),
                ("recall_50", number(measures.recall)), ("mrr", number(measures.reciprocalRank)),
                ("coverage", number(measures.coverage)), ("novelty", number(measures.novelty)),
                ("gini", number(measures.gini)), ("made_s", row.seconds.map(number) ?? .null),
            ]
            if let sampled = row.sampled {
                members += [
                    ("sampled_hr_10", number(sampled.hitRate)), ("sampled_ndcg_10", number(sampled.ndcg)),
                    ("sampled_negatives", .int(Int64(SampledMeasures.negatives))),
                ]
            }
            if let gain = gain(of: row) {
                members += [
                    ("best", .string(gain.best)), ("gain", number(gain.mean)), ("gain_error", number(gain.error)),
                ]
            }
            return .object(JSONObject(members))
        }
    }
}

extension Question {
    var title: String {
        switch self {
        case .new: "items new to the user"
        case .repeats: "repeats allowed"
        }
    }
}
