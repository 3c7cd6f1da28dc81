import IlkCollaborative
import IlkCollection
import IlkProtocol

/// What was measured of a ranker before it might go live.
struct RankerReport: Sendable {
    var kind: String
    /// What was learned from, and what was held out of that: the latest fifth of the answers.
    var examples: (answers: Int, items: Int, taken: Int)
    var heldOut: (answers: Int, items: Int, taken: Int)
    /// Answers that are too new.
    var waiting: Int
    var regularization: Float?
    /// On what was held out: the new model, and what ranks by the merged score alone.
    var ranker: PredictionMeasures
    var merged: PredictionMeasures
    /// The model that was live.
    var live: PredictionMeasures?
    var goesLive: Bool
    var why: String
}

/// Learns a ranker from what was shown and what was taken of it.
struct RankerTraining {
    let request: MatchTrain
    let threads: Int
    /// The model that is live.
    let live: (any RankingModel)?
    let progress: @Sendable (Progress) -> Bool

    /// Items that must have been taken, of those that are learned from and of those held out.
    private static let fewestTaken = (learned: 20, heldOut: 5)
    /// Values of λ that are tried.
    private static let regularizations: [Float] = [1, 10, 100, 1_000]

    /// Trains on all but the latest fifth of the answers, measures on that, and then learns from all of them.
    func train(_ examples: ShownExamples) throws(IlkError) -> (model: any RankingModel, report: RankerReport) {
        let (earlier, latest) = examples.split()
        guard earlier.taken >= Self.fewestTaken.learned, latest.taken >= Self.fewestTaken.heldOut else {
            throw IlkError(
                .invalidRequest,
                "model 'ranker': of \(examples.answerCount) logged answers \(examples.taken) items were taken, \(latest.taken) of them in the latest fifth, and \(examples.waiting) answers are too new; needed are \(Self.fewestTaken.learned) and \(Self.fewestTaken.heldOut): send match.items with \"log\":true, and events.append what people do"
            )
        }
        do throws(CollaborativeError) {
            try step(0)
            let training = try LogisticTraining(earlier.features, labels: earlier.isTaken, names: earlier.names)
            let regularization = try training.regularization(
                groups: earlier.users, among: Self.regularizations, threads: threads)
            try step(1)
            let ranker = try training.model(regularization: regularization)
            let merged = try LogisticTraining(
                earlier.features(Self.mergedNames), labels: earlier.isTaken, names: Self.mergedNames
            ).model(regularization: 1)
            var report = RankerReport(
                kind: "logistic", examples: Self.counts(examples), heldOut: Self.counts(latest),
                waiting: examples.waiting, regularization: regularization, ranker: latest.measures(of: ranker),
                merged: latest.measures(of: merged), live: live.map { latest.measures(of: $0) }, goesLive: false,
                why: "")
            (report.goesLive, report.why) = verdict(report)
            try step(2)
            let model = try LogisticTraining(examples.features, labels: examples.isTaken, names: examples.names)
                .model(regularization: regularization)
            return (model, report)
        } catch {
            guard error != Self.cancelled else {
                throw IlkError(.cancelled, "the training was cancelled; the ranker stays as it was")
            }
            throw IlkError(.invalidRequest, "model 'ranker': \(error)")
        }
    }

    private static let cancelled = CollaborativeError.empty("cancelled")

    private func step(_ done: Int) throws(CollaborativeError) {
        guard progress(Progress(phase: "ranker", done: done, total: 3)) else { throw Self.cancelled }
    }

    /// What the order of today is made of.
    private static let mergedNames = ["score", ItemFeatures.position]

    private static func counts(_ examples: ShownExamples) -> (answers: Int, items: Int, taken: Int) {
        (Set(examples.answers).count, examples.count, examples.taken)
    }

    private func verdict(_ report: RankerReport) -> (goesLive: Bool, why: String) {
        switch request.goLive {
        case .always: return (true, "it was asked for")
        case .never: return (false, "it was asked not to; match.ranker with \"use\":\"newest\" lets it answer")
        case .ifBetter: break
        }
        guard report.ranker.logLoss < report.merged.logLoss else {
            return (false, "its log loss on what was held out is not under that of the merged score")
        }
        if let live = report.live, report.ranker.logLoss >= live.logLoss {
            return (false, "its log loss on what was held out is not under that of the live one")
        }
        return (true, "its log loss on what was held out is the least")
    }
}

extension RankerReport {
    /// The report as it goes over the wire, and as it is kept.
    var json: JSONObject {
        func counts(_ counts: (answers: Int, items: Int, taken: Int)) -> JSONValue {
            .object(
                JSONObject([
                    ("answers", .int(Int64(counts.answers))), ("items", .int(Int64(counts.items))),
                    ("taken", .int(Int64(counts.taken))),
                ]))
        }
        var json = JSONObject([
            ("kind", .string(kind)), ("learned", counts(examples)), ("held_out", counts(heldOut)),
            ("waiting", .int(Int64(waiting))),
        ])
        if let regularization { json["regularization"] = .double(Double(regularization)) }
        json["ranker"] = .object(ranker.json(withBins: true))
        json["merged"] = .object(merged.json(withBins: false))
        if let live { json["live"] = .object(live.json(withBins: false)) }
        json["goes_live"] = .bool(goesLive)
        json["why"] = .string(why)
        return json
    }
}

extension PredictionMeasures {
    fileprivate func json(withBins: Bool) -> JSONObject {
        var json = JSONObject([
            ("log_loss", .rounded(Float(logLoss))), ("auc", .rounded(Float(auc))),
            ("auc_within_answers", aucWithinAnswers.map { .rounded(Float($0)) } ?? .null),
        ])
        guard withBins else { return json }
        json["calibration"] = .array(
            bins.map { bin in
                .object(
                    JSONObject([
                        ("items", .int(Int64(bin.examples))), ("expected", .rounded(Float(bin.expected))),
                        ("taken", .rounded(Float(bin.found))),
                    ]))
            })
        return json
    }
}
