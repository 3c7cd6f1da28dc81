import IlkCollaborative
import IlkProtocol

extension ItemFeatures {
    /// What is known of a candidate, without what is 0, and what a ranker makes of it.
    ///
    /// - Parameters:
    ///   - candidate: its place.
    ///   - ranker: that is live; nil for none.
    /// - Returns: an object of `features`, and of `log_odds` and `contributions` where there is a ranker.
    func explanation(of candidate: Int, _ ranker: (any RankingModel)?) -> JSONObject {
        let known = zip(names, row(candidate)).filter { $0.1 != 0 }
        var json = JSONObject([("features", .object(JSONObject(known.map { ($0.0, .rounded($0.1)) })))])
        guard let ranker else { return json }
        let values = row(candidate, places(of: ranker.names))
        let parts = zip(ranker.names, ranker.contributions(of: values.span)).filter { abs($0.1) >= 0.00005 }
        let sorted = parts.enumerated().sorted { a, b in
            abs(a.element.1) != abs(b.element.1) ? abs(a.element.1) > abs(b.element.1) : a.offset < b.offset
        }
        json["log_odds"] = .rounded(ranker.logOdds(of: values.span))
        json["contributions"] = .object(JSONObject(sorted.map { ($0.element.0, .rounded($0.element.1)) }))
        return json
    }
}
