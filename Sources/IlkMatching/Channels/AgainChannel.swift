import IlkProtocol

/// What a person buys repeatedly: the own orders of each item, decayed.
///
/// For groceries no model beats it (Faggioli, Polato & Aiolli, UMAP 2020); what was bought once counts a quarter.
struct AgainChannel: RecallChannel {
    let name = "again"

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        let scored = request.taste.items.enumerated().compactMap { place, item -> (PointID, Float, Evidence)? in
            guard item.orders > 0 else { return nil }
            return (item.id, item.orderWeight * (item.orders > 1 ? 1 : 0.25), .own(place))
        }
        return request.best(quota, of: scored.map { (id: $0.0, score: $0.1, evidence: $0.2) }, new: false)
    }
}
