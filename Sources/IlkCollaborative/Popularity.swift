/// How many people took an item: each user counts once.
package struct Popularity: ItemScorer {
    /// How many users each item has: shape `[items]`.
    package let counts: [Float]

    package var items: Int { counts.count }

    /// Counts the users of each item.
    ///
    /// - Parameters:
    ///   - items: all items are below it.
    ///   - events: in any order.
    ///   - days: only events of so many days before `now` count; nil for all of them.
    ///   - now: seconds since 1970.
    package init(items: Int, events: some Sequence<Interaction>, days: Double? = nil, now: Int64 = 0) {
        let from = days.map { now - Int64($0 * Double(Decay.day)) } ?? .min
        let recent = events.filter { $0.time >= from }
        let users = recent.map { Int($0.user) + 1 }.max() ?? 0
        let matrix = InteractionMatrix(users: users, items: items, events: recent)
        counts = matrix.usersOfItems().map(Float.init)
    }

    package func score(user: Int, into scores: inout [Float]) { scores = counts }
}
