import IlkCollaborative
import IlkCollection
import IlkProtocol

/// Learns a ranker from what was shown and what was taken of it, or measures one that was learned elsewhere.
struct RankerTraining {
    let goLive: MatchTrain.GoLive
    let threads: Int
    /// The model that is live.
    let live: (any RankingModel)?
    let progress: @Sendable (Progress) -> Bool

    /// Items that must have been taken, of those that are learned from and of those held out.
    private static let fewestTaken = (learned: 20, heldOut: 5)
    /// Values of λ that are tried.
    private static let regularizations: [Float] = [1, 10, 100, 1_000]

    // MARK: Learning

    /// Learns from all but the latest fifth of the answers, measures on that, and then learns from all of them.
    ///
    /// - Parameter examples: of all answers.
    /// - Returns: the model of all, and what was measured of the other.
    /// - Throws: `invalid_request` where there is too little to learn from, or `cancelled`.
    func train(_ examples: ShownExamples) throws(IlkError) -> (model: any RankingModel, report: RankerReport) {
        let (earlier, latest) = examples.split()
        if let lack = lack(of: examples, earlier, latest) { throw IlkError(.invalidRequest, "model 'ranker': \(lack)") }
        do throws(CollaborativeError) {
            try step(0)
            let regularization = try LogisticTraining(
                earlier.features, labels: earlier.isTaken, names: earlier.names
            ).regularization(groups: earlier.users, among: Self.regularizations, threads: threads)
            try step(1)
            let choice = try choice(earlier, regularization)
            try step(2)
            let ranker = try Self.learn(earlier, regularization, choice.passes)
            var report = try self.report(
                ranker, kind: choice.passes > 0 ? "fm" : "logistic", of: examples, earlier, latest)
            (report.regularization, report.choice) = (regularization, choice.losses)
            try step(3)
            return (try Self.learn(examples, regularization, choice.passes), report)
        } catch {
            guard error != Self.cancelled else {
                throw IlkError(.cancelled, "the training was cancelled; the ranker stays as it was")
            }
            throw IlkError(.invalidRequest, "model 'ranker': \(error)")
        }
    }

    private static let cancelled = CollaborativeError.empty("cancelled")

    private func step(_ done: Int) throws(CollaborativeError) {
        guard progress(Progress(phase: "ranker", done: done, total: 4)) else { throw Self.cancelled }
    }

    /// A logistic model, or a factorization machine that goes on from it for so many passes.
    private static func learn(
        _ examples: ShownExamples, _ regularization: Float, _ passes: Int
    ) throws(CollaborativeError) -> any RankingModel {
        let logistic = try LogisticTraining(examples.features, labels: examples.isTaken, names: examples.names)
            .model(regularization: regularization)
        guard passes > 0 else { return logistic }
        return try FactorizationTraining(examples.features, isTaken: examples.isTaken)
            .model(startingFrom: logistic, passes: passes)
    }

    /// How many passes a factorization machine learns for; 0 where pairs of features do not help.
    ///
    /// Found on the latest fifth of the answers that are learned from: not on those that the model is measured on.
    private func choice(
        _ earlier: ShownExamples, _ regularization: Float
    ) throws(CollaborativeError) -> (passes: Int, losses: [(kind: String, loss: Double)]) {
        let (learned, checked) = earlier.split()
        guard learned.taken >= Self.fewestTaken.learned, checked.taken >= Self.fewestTaken.heldOut else {
            return (0, [])
        }
        let logistic = try LogisticTraining(learned.features, labels: learned.isTaken, names: learned.names)
            .model(regularization: regularization)
        let plain = checked.measures(of: logistic).logLoss
        let (machine, passes) = try FactorizationTraining(learned.features, isTaken: learned.isTaken)
            .model(startingFrom: logistic) { checked.measures(of: $0).logLoss }
        let pairs = checked.measures(of: machine).logLoss
        return (pairs < plain ? passes : 0, [("logistic", plain), ("fm", pairs)])
    }

    // MARK: Measuring

    /// What is to be said of a model that was learned elsewhere; nil where there are too few answers to measure it on.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - kind: what it is called.
    ///   - examples: of all answers.
    /// - Returns: measures on the latest fifth of the answers.
    /// - Throws: `internal` where the model that it is held against cannot be made.
    func measure(_ model: any RankingModel, kind: String, _ examples: ShownExamples) throws(IlkError) -> RankerReport? {
        let (earlier, latest) = examples.split()
        guard lack(of: examples, earlier, latest) == nil else { return nil }
        do throws(CollaborativeError) {
            return try report(model, kind: kind, of: examples, earlier, latest)
        } catch {
            throw IlkError(.internal, "the ranker could not be measured: \(error)")
        }
    }

    /// What is missing to learn and to measure; nil where nothing is.
    private func lack(of examples: ShownExamples, _ earlier: ShownExamples, _ latest: ShownExamples) -> String? {
        guard earlier.taken < Self.fewestTaken.learned || latest.taken < Self.fewestTaken.heldOut else { return nil }
        return
            "of \(examples.answerCount) logged answers \(examples.taken) items were taken, \(latest.taken) of them in the latest fifth, and \(examples.waiting) answers are too new; needed are \(Self.fewestTaken.learned) and \(Self.fewestTaken.heldOut): send match.items with \"log\":true, and events.append what people do"
    }

    /// What the order of today is made of.
    private static let mergedNames = ["score", ItemFeatures.position]

    private func report(
        _ ranker: any RankingModel, kind: String, of examples: ShownExamples, _ earlier: ShownExamples,
        _ latest: ShownExamples
    ) throws(CollaborativeError) -> RankerReport {
        let merged = try LogisticTraining(
            earlier.features(Self.mergedNames), labels: earlier.isTaken, names: Self.mergedNames
        ).model(regularization: 1)
        var report = RankerReport(
            kind: kind, examples: Self.counts(examples), heldOut: Self.counts(latest), waiting: examples.waiting,
            ranker: latest.measures(of: ranker), merged: latest.measures(of: merged),
            live: live.map { latest.measures(of: $0) }, goesLive: false, why: "")
        (report.goesLive, report.why) = verdict(report)
        return report
    }

    private static func counts(_ examples: ShownExamples) -> (answers: Int, items: Int, taken: Int) {
        (Set(examples.answers).count, examples.count, examples.taken)
    }

    private func verdict(_ report: RankerReport) -> (goesLive: Bool, why: String) {
        switch goLive {
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
