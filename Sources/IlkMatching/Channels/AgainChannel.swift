/// What a person buys repeatedly: the own orders of each item, decayed.
///
/// For groceries no model beats it (Faggioli, Polato & Aiolli, UMAP 2020); what was bought once counts a quarter.
struct AgainChannel: RecallChannel {
    let name = "again"

    func recall(_ quota: Int, _ request: RecallRequest) -> [Recalled] {
        let bought = request.taste.items.indices.compactMap { place -> Recalled? in
            let item = request.taste.items[place]
            guard item.orders > 0, let ordinal = item.ordinal else { return nil }
            return Recalled(
                ordinal, score: item.orderWeight * (item.orders > 1 ? 1 : 0.25), evidence: .own(place))
        }
        return request.best(quota, of: bought, new: false)
    }
}
