/// What a user takes again and again: own events, decayed.
///
/// For groceries it beats every model of other people's.
package struct PurchaseHabits: ItemScorer {
    /// Decayed counts: shape `[users, items]`.
    private let counts: SparseMatrix

    package var items: Int { counts.columns }

    /// Counts each user's events with each item.
    ///
    /// - Parameters:
    ///   - users: all users are below it.
    ///   - items: all items are below it.
    ///   - events: in any order; each counts 1 at its moment.
    ///   - halfLife: days in which an event loses half its weight.
    ///   - now: seconds since 1970.
    package init(users: Int, items: Int, events: some Collection<Interaction>, halfLife: Double, now: Int64) {
        let weighing = EventWeighing(.sum, halfLife: halfLife)
        counts = InteractionMatrix(users: users, items: items, events: events, weighing: weighing, now: now).byUser
    }

    package func score(user: Int, into scores: inout [Float]) {
        for item in scores.indices { scores[item] = 0 }
        for place in counts.range(of: user) { scores[Int(counts.indices[place])] = counts.values[place] }
    }

    /// A user's items and their decayed counts, items rising.
    package func habits(of user: Int) -> [(item: UInt32, count: Float)] {
        counts.range(of: user).map { (counts.indices[$0], counts.values[$0]) }
    }
}
