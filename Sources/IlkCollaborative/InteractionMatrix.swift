import Glibc

/// What users did with items: users × items, kept by user and by item.
package struct InteractionMatrix: Sendable {
    /// Shape `[users, items]`.
    package let byUser: SparseMatrix
    /// Shape `[items, users]`: the same elements.
    package let byItem: SparseMatrix

    package var users: Int { byUser.rows }
    package var items: Int { byUser.columns }
    /// Pairs of a user and an item with at least one event.
    package var count: Int { byUser.count }

    package init(byUser: SparseMatrix) {
        self.byUser = byUser
        byItem = byUser.transposed()
    }

    /// Makes one number of the events of each user with each item, as they look at the moment `now`.
    ///
    /// - Parameters:
    ///   - users: all users are below it.
    ///   - items: all items are below it.
    ///   - events: in any order.
    ///   - weighing: how events become a number; one that is not above 0 is left out.
    ///   - now: seconds since 1970, from which ages are reckoned.
    package init(
        users: Int, items: Int, events: some Collection<Interaction>, weighing: EventWeighing = EventWeighing(),
        now: Int64 = 0
    ) {
        var moments = [Int64](repeating: weighing.clock == .now ? now : .min, count: users)
        if weighing.clock == .lastEvent {
            for event in events { moments[Int(event.user)] = max(moments[Int(event.user)], event.time) }
        }
        let elements = events.compactMap { event -> (row: UInt32, column: UInt32, value: Float)? in
            let value = weighing.weight(of: event, now: moments[Int(event.user)])
            return value > 0 ? (event.user, event.item, value) : nil
        }
        var matrix = SparseMatrix(rows: users, columns: items, elements: elements) { first, second in
            weighing.combination == .greatest ? max(first, second) : first + second
        }
        if weighing.combination == .logarithm { matrix = matrix.mapped { log1p($2) } }
        self.init(byUser: matrix)
    }

    /// How many users each item has: shape `[items]`.
    package func usersOfItems() -> [Int] { (0..<items).map { byItem.range(of: $0).count } }
}
