/// The recall channels that are learned from behaviour alone.
package enum ChannelKind: String, Sendable, CaseIterable {
    /// Items by their users, of all time and of the last weeks.
    case popular, trending
    /// What the user takes again and again.
    case again
    /// Items like the user's own: by cosine or BM25, and by Swing.
    case itemCF = "item_cf"
    case swing
    case ease
    case als
}

/// How the channels are made.
///
/// ALS's weights and λ and the half-life of `again` were found on the validation period of Complete Journey, by NDCG@10;
/// the numbers of `ease`, `item_cf` and `swing` are usual ones, set once and not searched.
package struct ChannelSettings: Sendable {
    package var als = AlternatingLeastSquares.Parameters()
    /// What a user's events with an item weigh for ALS.
    package var alsWeighing = EventWeighing(.greatest, halfLife: 120, clock: .lastEvent)
    package var itemSimilarity = ItemSimilarity.cosine(shrinkage: 10)
    package var itemNeighbors = 300
    /// What a user's own items weigh when items like them are looked for.
    package var itemProfile = EventWeighing(.logarithm, halfLife: 90, clock: .lastEvent)
    package var swingSmoothing: Float = 5
    /// Users of an item that Swing looks at.
    package var swingUsers = 100
    package var swingSeed: UInt64 = 42
    package var swingNeighbors = 300
    package var easeItems = 10_000
    package var easeRegularization: Float = 200
    package var easeWeighing = EventWeighing(.greatest, halfLife: 120, clock: .lastEvent)
    package var againHalfLife = 90.0
    package var trendingDays = 28.0
    package var threads = 1

    package init() {}

    /// Makes a channel of the trial's training data.
    package func channel(
        _ kind: ChannelKind, of trial: Trial
    ) throws(CollaborativeError) -> any ItemScorer {
        func matrix(_ weighing: EventWeighing = EventWeighing()) -> InteractionMatrix {
            InteractionMatrix(
                users: trial.users, items: trial.items, events: trial.training, weighing: weighing, now: trial.now)
        }
        switch kind {
        case .popular: return Popularity(items: trial.items, events: trial.training)
        case .trending:
            return Popularity(items: trial.items, events: trial.training, days: trendingDays, now: trial.now)
        case .again:
            return PurchaseHabits(
                users: trial.users, items: trial.items, events: trial.training, halfLife: againHalfLife, now: trial.now)
        case .itemCF:
            return try ItemNeighbors(
                matrix(), by: itemSimilarity, count: itemNeighbors, profiles: matrix(itemProfile).byUser,
                threads: threads)
        case .swing:
            let swing = ItemSimilarity.swing(smoothing: swingSmoothing, users: swingUsers, seed: swingSeed)
            return try ItemNeighbors(
                matrix(), by: swing, count: swingNeighbors, profiles: matrix(itemProfile).byUser, threads: threads)
        case .ease:
            return try EASE(
                matrix(easeWeighing), items: easeItems, regularization: easeRegularization, threads: threads)
        case .als:
            var parameters = als
            parameters.threads = threads
            return try AlternatingLeastSquares.train(matrix(alsWeighing), parameters)
        }
    }
}
