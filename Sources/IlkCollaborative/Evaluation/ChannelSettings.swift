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
/// What is said to be searched was found on the validation period of Complete Journey, by NDCG@10 for new items and with
/// repeats; the numbers of `swing` are usual ones, set once.
package struct ChannelSettings: Sendable {
    package var als = AlternatingLeastSquares.Parameters()
    /// What a user's events with an item weigh for ALS that is to find new items.
    ///
    /// Who buys an item often is likely to buy that again; it says little more of other items than buying it once. Searched, as
    /// λ and α were: the greatest weight with a half-life of 120 days gave .0460 for new items and .2218 with repeats, the sum
    /// with 60 days .0451 and .2629, the logarithm of the sum .0448 and .2340.
    package var alsWeighingOfNew = EventWeighing(.greatest, halfLife: 120, clock: .lastEvent)
    /// The same for ALS that may find a user's own items.
    package var alsWeighingOfRepeats = EventWeighing(.sum, halfLife: 60, clock: .lastEvent)
    /// Searched: .0447 for new items and .2580 with repeats; the cosine with a shrinkage of 10 gave .0430 and .2175, BM25 with
    /// the usual `k1` 1.2 and `b` 0.75 .0269 and .2412.
    package var itemSimilarity = ItemSimilarity.bm25(k1: 0.3, b: 0.3)
    package var itemNeighbors = 300
    /// What a user's own items weigh when items like them are looked for; searched.
    package var itemProfile = EventWeighing(.sum, halfLife: 30, clock: .lastEvent)
    package var swingSmoothing: Float = 5
    /// Users of an item that Swing looks at.
    package var swingUsers = 100
    package var swingSeed: UInt64 = 42
    package var swingNeighbors = 300
    /// Items that EASE knows; all of them where there are fewer users.
    package var easeItems = 10_000
    /// λ; searched: 100, 200 and 300 are one as good as the other.
    package var easeRegularization: Float = 200
    package var easeWeighing = EventWeighing(.greatest, halfLife: 120, clock: .lastEvent)
    /// Days; searched.
    package var againHalfLife = 90.0
    package var trendingDays = 28.0
    package var threads = 1

    package init() {}

    /// Whether a channel is made otherwise for each question.
    package func dependsOnQuestion(_ kind: ChannelKind) -> Bool { kind == .als }

    /// Makes a channel of the trial's training data.
    ///
    /// - Parameters:
    ///   - kind: which channel.
    ///   - trial: whose training data it learns from.
    ///   - question: what it will be asked.
    /// - Returns: the channel.
    /// - Throws: where a setting is out of range, or there is nothing to learn from.
    package func channel(
        _ kind: ChannelKind, of trial: Trial, for question: Question
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
            // The users' equations do not grow with the items.
            let known = trial.users < easeItems ? EASE.mostItems : easeItems
            return try EASE(
                matrix(easeWeighing), items: known, regularization: easeRegularization, threads: threads)
        case .als:
            var parameters = als
            parameters.threads = threads
            let weighing = question == .new ? alsWeighingOfNew : alsWeighingOfRepeats
            return try AlternatingLeastSquares.train(matrix(weighing), parameters)
        }
    }
}
