import IlkCollaborative
import IlkProtocol

/// What was measured of a ranker before it might go live.
struct RankerReport: Sendable {
    var kind: String
    /// What was logged, and what was held out of that: the latest fifth of the answers.
    var examples: (answers: Int, items: Int, taken: Int)
    var heldOut: (answers: Int, items: Int, taken: Int)
    /// Answers that are too new.
    var waiting: Int
    /// λ, where it was learned here.
    var regularization: Float?
    /// Log loss by kind of model, on answers before those that were held out.
    var choice: [(kind: String, loss: Double)] = []
    /// On what was held out: the new model, and what ranks by the merged score alone.
    var ranker: PredictionMeasures
    var merged: PredictionMeasures
    /// The model that was live.
    var live: PredictionMeasures?
    var goesLive: Bool
    var why: String
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
        if !choice.isEmpty {
            json["chosen_from"] = .object(JSONObject(choice.map { ($0.kind, .rounded(Float($0.loss))) }))
        }
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
