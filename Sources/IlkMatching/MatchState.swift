import IlkProtocol

/// Everything that is known of people and items, in memory: made from the log, in its order, and from nothing else.
struct MatchState: Sendable {
    var settings: EventLog.Settings
    var users = NameTable()
    var items = NameTable()
    var events = EventTable()
    var cooccurrence = CooccurrenceTable()
    /// What is liked in the long run.
    var popular = DecayedCounts(halfLifeDays: 30)
    /// What is liked these days.
    var trending = DecayedCounts(halfLifeDays: 1)
    /// Changes with every event that changes ``popular`` and ``trending``, so that whoever keeps something made from them knows.
    ///
    /// What was only shown changes neither: or answers that are logged would have it all made anew.
    var version: UInt64 = 0

    init(settings: EventLog.Settings) { self.settings = settings }

    /// Takes a logged event in.
    mutating func apply(_ event: LoggedEvent) {
        let types = settings.types
        let isAction = types.isAction(event.type)
        let strength = types.strength(event.type, value: event.value)
        if strength > 0 {
            pair(event)
            popular.add(strength, to: event.item, at: event.at)
            trending.add(strength, to: event.item, at: event.at)
            version &+= 1
        }
        events.append(event, isAction: isAction)
    }

    /// Counts an item with the distinct ones that its user chose before.
    private mutating func pair(_ event: LoggedEvent) {
        var partners: [ItemNumber] = []
        partners.reserveCapacity(CooccurrenceTable.window)
        var looked = 0
        events.forEachAction(of: event.user) { place in
            let item = events.items[place.index]
            looked += 1
            // Chosen again: it was counted with those before it when it was chosen first.
            if item == event.item { return false }
            if settings.types[events.types[place.index]].weight > 0, !partners.contains(item) { partners.append(item) }
            return partners.count < CooccurrenceTable.window && looked < 4 * CooccurrenceTable.window
        }
        for partner in partners { cooccurrence.add(event.item, partner) }
    }

    /// Forgets a user's name and what the user did; the counts keep it until the log is read again.
    mutating func forget(_ name: PointID) {
        guard let number = users.number(of: name) else { return }
        events.forget(UserNumber(number))
        users.remove(name)
        version &+= 1
    }

    /// Reads a log.
    ///
    /// - Throws: what is wrong with the file.
    init(reading log: EventLog, report: (_ done: Int) -> Void = { _ in }) throws(IlkError) {
        var state = MatchState(settings: try log.settings())
        var users = NameTable(), items = NameTable()
        try log.forEachName(in: "user") { users.set($1, to: $0) }
        try log.forEachName(in: "item") { items.set($1, to: $0) }
        state.users = users
        state.items = items
        let typeCount = state.settings.types.entries.count
        try log.forEachEvent { _, event in
            guard Int(event.type) < typeCount else { return }
            state.apply(event)
            if state.events.count.isMultiple(of: 65_536) { report(state.events.count) }
        }
        self = state
    }
}
