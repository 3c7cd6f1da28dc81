/// Events in memory as columns of numbers, with chains through those of one user and of one item: 25 bytes an event.
///
/// There are three chains, each newest first: what a user did, what a user was shown, and what was done with an item.
/// The order is that of the log.
package struct EventTable: Sendable {
    package private(set) var users: [UserNumber] = []
    private(set) var items: [ItemNumber] = []
    private(set) var moments: [Moment] = []
    private(set) var values: [Float] = []
    private(set) var types: [UInt8] = []
    /// The event before it in the chain of its user that it belongs to.
    private(set) var previousOfUser: [EventPlace] = []
    /// The event before it in its item's chain.
    private(set) var previousOfItem: [EventPlace] = []

    /// By user: the newest action, and the newest impression.
    private(set) var lastAction: [EventPlace] = []
    private(set) var lastImpression: [EventPlace] = []
    /// By item: the newest action.
    private(set) var lastOfItem: [EventPlace] = []
    /// By item.
    private(set) var actionCounts: [UInt32] = []
    private(set) var impressionCounts: [UInt32] = []

    package init() {}

    var count: Int { users.count }

    /// Takes an event in at the end.
    package mutating func append(_ event: LoggedEvent, isAction: Bool) {
        let place = EventPlace(UInt32(users.count))
        grow(user: event.user, item: event.item)
        users.append(event.user)
        items.append(event.item)
        moments.append(event.at)
        values.append(event.value)
        types.append(event.type)
        if isAction {
            previousOfUser.append(lastAction[event.user.index])
            lastAction[event.user.index] = place
            previousOfItem.append(lastOfItem[event.item.index])
            lastOfItem[event.item.index] = place
            actionCounts[event.item.index] += 1
        } else {
            previousOfUser.append(lastImpression[event.user.index])
            lastImpression[event.user.index] = place
            previousOfItem.append(.none)
            impressionCounts[event.item.index] += 1
        }
    }

    private mutating func grow(user: UserNumber, item: ItemNumber) {
        while lastAction.count <= user.index {
            lastAction.append(.none)
            lastImpression.append(.none)
        }
        while lastOfItem.count <= item.index {
            lastOfItem.append(.none)
            actionCounts.append(0)
            impressionCounts.append(0)
        }
    }

    /// The newest actions of a user, newest first, until `body` returns false.
    func forEachAction(of user: UserNumber, _ body: (EventPlace) -> Bool) {
        guard user.index < lastAction.count else { return }
        walk(lastAction[user.index], previousOfUser, body)
    }

    /// The newest impressions of a user, newest first, until `body` returns false.
    func forEachImpression(of user: UserNumber, _ body: (EventPlace) -> Bool) {
        guard user.index < lastImpression.count else { return }
        walk(lastImpression[user.index], previousOfUser, body)
    }

    /// The newest actions with an item, newest first, until `body` returns false; not those of users who were forgotten.
    package func forEachAction(with item: ItemNumber, _ body: (EventPlace) -> Bool) {
        guard item.index < lastOfItem.count else { return }
        walk(lastOfItem[item.index], previousOfItem) { place in
            users[place.index] == .nobody || body(place)
        }
    }

    private func walk(_ start: EventPlace, _ previous: [EventPlace], _ body: (EventPlace) -> Bool) {
        var place = start
        while place != .none, body(place) { place = previous[place.index] }
    }

    /// Takes a user's name off what the user did: nobody's events stay in counts until the next start.
    package mutating func forget(_ user: UserNumber) {
        guard user.index < lastAction.count else { return }
        for head in [lastAction[user.index], lastImpression[user.index]] {
            var place = head
            while place != .none {
                users[place.index] = .nobody
                place = previousOfUser[place.index]
            }
        }
        lastAction[user.index] = .none
        lastImpression[user.index] = .none
    }

    /// Actions with an item.
    func actionCount(of item: ItemNumber) -> Int {
        item.index < actionCounts.count ? Int(actionCounts[item.index]) : 0
    }

    /// How often an item was shown.
    func impressionCount(of item: ItemNumber) -> Int {
        item.index < impressionCounts.count ? Int(impressionCounts[item.index]) : 0
    }

    /// Heap bytes of the columns, by their capacities.
    var memoryBytes: Int {
        users.capacity * 4 + items.capacity * 4 + moments.capacity * 4 + values.capacity * 4 + types.capacity
            + previousOfUser.capacity * 4 + previousOfItem.capacity * 4
    }

    /// Heap bytes that users take.
    var userBytes: Int { lastAction.capacity * 4 + lastImpression.capacity * 4 }

    /// Heap bytes that items take.
    var itemBytes: Int { lastOfItem.capacity * 4 + actionCounts.capacity * 4 + impressionCounts.capacity * 4 }

    /// Traps if a chain is malformed: for tests.
    package func checkInvariants() {
        for (user, head) in lastAction.enumerated() {
            var place = head
            while place != .none {
                precondition(users[place.index].index == user, "event \(place.index) is in the chain of user \(user)")
                let previous = previousOfUser[place.index]
                precondition(previous == .none || previous.rawValue < place.rawValue, "chain of user \(user) goes up")
                place = previous
            }
        }
        for (item, head) in lastOfItem.enumerated() {
            var count = 0
            var place = head
            while place != .none {
                precondition(items[place.index].index == item, "event \(place.index) is in the chain of item \(item)")
                count += 1
                place = previousOfItem[place.index]
            }
            precondition(
                count == Int(actionCounts[item]), "item \(item): \(count) actions, \(actionCounts[item]) counted")
        }
    }
}
