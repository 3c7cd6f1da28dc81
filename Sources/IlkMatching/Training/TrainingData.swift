import IlkCollaborative
import Synchronization

/// What models learn from: the events of a log, with the items that enough people chose numbered from 0.
struct TrainingData: Sendable {
    /// The number in the log of each row of items, rising.
    let items: [ItemNumber]
    /// All people are below it; most numbers have events.
    let users: Int
    /// What people chose: by the number of the person in the log, and the row of the item.
    let interactions: [Interaction]
    /// The moment of the last event.
    let now: Int64

    /// How several events of one person with one item become one weight: the strongest, which loses half of its worth in
    /// so many days before the person's last event.
    ///
    /// The half-life was found on the validation period of Complete Journey, as the settings of ALS were.
    static let weighing = EventWeighing(.greatest, halfLife: 120, clock: .lastEvent, ignoresWeights: false)

    /// Reads the events that are in memory, in slices, so that readers need not wait.
    ///
    /// Must be called while no event is appended.
    ///
    /// - Parameters:
    ///   - writer: the log's.
    ///   - minimumUsers: people who must have chosen an item.
    init(of writer: EventWriter, minimumUsers: Int) {
        var events: [Interaction] = []
        var start = 0
        while true {
            let slice = writer.state.withLock { $0.choices(from: start, count: 65_536) }
            guard let slice else { break }
            events += slice
            start += 65_536
        }
        users = writer.state.withLock { Int($0.users.end) }
        now = events.reduce(0) { max($0, $1.time) }
        let everything = InteractionMatrix(
            users: users, items: Int((events.map(\.item).max() ?? 0) + 1), events: events)
        let counts = everything.usersOfItems()
        var rows = [UInt32](repeating: .max, count: counts.count)
        var items: [ItemNumber] = []
        for (number, count) in counts.enumerated() where count >= minimumUsers && count > 0 {
            rows[number] = UInt32(items.count)
            items.append(ItemNumber(UInt32(number)))
        }
        self.items = items
        interactions = events.compactMap { event in
            let row = rows[Int(event.item)]
            return row == .max ? nil : Interaction(user: event.user, item: row, weight: event.weight, time: event.time)
        }
    }

    /// Who chose what, weighed.
    func matrix() -> InteractionMatrix {
        InteractionMatrix(users: users, items: items.count, events: interactions, weighing: Self.weighing, now: now)
    }
}

extension MatchState {
    /// What people chose among the events from a place on, without what was only shown or sent back; nil at the end.
    fileprivate func choices(from start: Int, count: Int) -> [Interaction]? {
        guard start < events.count else { return nil }
        return (start..<min(start + count, events.count)).compactMap { place in
            let strength = settings.types.strength(events.types[place], value: events.values[place])
            guard strength > 0, events.users[place] != .nobody else { return nil }
            return Interaction(
                user: events.users[place].rawValue, item: events.items[place].rawValue, weight: strength,
                time: Int64(events.moments[place].seconds))
        }
    }
}
