import IlkProtocol
import Synchronization

/// What became of items that were shown: which of them people took.
///
/// An item was taken by who did something with it that speaks for it, within a time after it was shown, and before it was
/// shown to the same person again: then what happens is put down to the later showing.
struct Takings: Sendable {
    /// A person and an item.
    private struct Pair: Hashable {
        var user: UserNumber
        var item: ItemNumber
    }
    /// Rising; only of pairs that were shown.
    private var actions: [Pair: [Moment]] = [:]
    private var showings: [Pair: [Moment]] = [:]

    /// Looks up what was done with the items of answers, one person at a time, so that nobody waits long.
    init(of answers: [LoggedAnswer], in writer: EventWriter) {
        var items: [UserNumber: Set<ItemNumber>] = [:]
        for answer in answers { items[answer.user, default: []].formUnion(answer.items.map(\.item)) }
        for (user, items) in items {
            let found = writer.state.withLock { state in
                var actions: [(ItemNumber, Moment)] = [], showings: [(ItemNumber, Moment)] = []
                let events = state.events, types = state.settings.types
                events.forEachAction(of: user) { place in
                    let item = events.items[place.index]
                    if items.contains(item),
                        types.strength(events.types[place.index], value: events.values[place.index]) > 0
                    {
                        actions.append((item, events.moments[place.index]))
                    }
                    return true
                }
                events.forEachImpression(of: user) { place in
                    let item = events.items[place.index]
                    if items.contains(item) { showings.append((item, events.moments[place.index])) }
                    return true
                }
                return (actions: actions, showings: showings)
            }
            for (item, at) in found.actions { actions[Pair(user: user, item: item), default: []].append(at) }
            for (item, at) in found.showings { showings[Pair(user: user, item: item), default: []].append(at) }
        }
        for pair in actions.keys { actions[pair]?.sort() }
        for pair in showings.keys { showings[pair]?.sort() }
    }

    /// Whether an item was taken that was shown at a moment.
    ///
    /// - Parameters:
    ///   - item: what was shown.
    ///   - user: to whom.
    ///   - moment: when.
    ///   - seconds: how long it may take.
    /// - Returns: what is known by now.
    func isTaken(_ item: ItemNumber, by user: UserNumber, shownAt moment: Moment, within seconds: Double) -> Bool {
        let pair = Pair(user: user, item: item)
        guard let actions = actions[pair] else { return false }
        let next = showings[pair]?.first { $0 > moment }
        return actions.contains { at in
            at >= moment && Double(at.seconds - moment.seconds) <= seconds && next.map { at < $0 } ?? true
        }
    }
}
