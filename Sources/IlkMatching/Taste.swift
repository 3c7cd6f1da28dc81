import IlkCollection
package import IlkProtocol
package import IlkVectors

/// What a person did with one item, as far as it still counts.
package struct TasteItem: Sendable, Equatable {
    package var id: PointID
    /// Its number in the log; nil where only the request knows of the event.
    var number: ItemNumber?
    /// Its place in the collection; nil where it is not there.
    package var ordinal: Ordinal?
    /// What all that was done with it says now; under 0 where it was sent back.
    package var weight: Float
    /// What says most of it, and when it was.
    var type: UInt8
    var at: Moment
    private(set) var strength: Float
    /// When something was done with it last.
    var last: Moment
    /// How often it was bought, and what that is worth now.
    var orders = 0
    var orderWeight: Float = 0
    /// When it was bought last.
    var lastOrder: Moment?

    init(id: PointID, number: ItemNumber?, first action: Action) {
        self.id = id
        self.number = number
        weight = 0
        type = action.type
        at = action.at
        strength = -.infinity
        last = action.at
        add(action)
    }

    mutating func add(_ action: Action) {
        weight += action.weight
        last = max(last, action.at)
        if abs(action.strength) > strength {
            strength = abs(action.strength)
            type = action.type
            at = action.at
        }
        if action.type == EventTypes.order {
            orders += 1
            orderWeight += action.weight
            lastOrder = max(lastOrder ?? action.at, action.at)
        }
    }
}

/// One event of a person.
struct Action: Sendable {
    var type: UInt8
    var at: Moment
    /// What it said when it happened.
    var strength: Float
    /// What it still says.
    var weight: Float
}

/// What a person did, by item, the item that was used last first.
package struct Taste: Sendable {
    /// Actions that are looked back upon.
    static let actionLimit = 1_024
    /// Impressions that are looked back upon.
    static let impressionLimit = 2_048

    package private(set) var items: [TasteItem] = []
    /// The newest actions, newest first: places in `items`.
    var recent: [(item: Int, action: Action)] = []
    /// Actions and impressions that there are, up to the limits.
    var actionCount = 0
    var impressionCount = 0
    /// Places in `items`: of items of the log by number, of those that only the request knows by name.
    private var placesByNumber = ValuesByNumber<Int>()
    private var placesByName: [PointID: Int] = [:]

    package init() {}

    /// Takes an action in; they come newest first.
    ///
    /// An item that is in the log comes with its number, always. `id` is its name, asked for once an item.
    mutating func add(_ action: Action, _ number: ItemNumber?, named id: @autoclosure () -> PointID) {
        actionCount += 1
        let end = items.count
        let place: Int
        if let number {
            place = placesByNumber.values[placesByNumber.place(of: number.rawValue, orInsert: end)]
            if place == end { items.append(TasteItem(id: id(), number: number, first: action)) }
        } else {
            let name = id()
            place = placesByName[name, default: end]
            if place == end {
                placesByName[name] = end
                items.append(TasteItem(id: name, number: nil, first: action))
            }
        }
        if place < end { items[place].add(action) }
        if recent.count < 32 { recent.append((place, action)) }
    }

    /// Looks up where the items are in the collection.
    mutating func locate(in view: ItemView, _ known: ItemPlaces) {
        for place in items.indices {
            if let number = items[place].number {
                items[place].ordinal = known.ordinal(of: number)
            } else {
                items[place].ordinal = view.ordinal(of: items[place].id)
            }
        }
    }

    /// Items that are liked, by weight, largest first; equal ones in the order of ``items``.
    func liked(_ count: Int) -> [Int] {
        let liked = items.indices.filter { items[$0].weight > 0 }
        let sorted = liked.sorted { a, b in
            items[a].weight != items[b].weight ? items[a].weight > items[b].weight : a < b
        }
        return Array(sorted.prefix(count))
    }
}

extension MatchState {
    /// What a user did, weighed at a moment; empty for a user of whom nothing is known.
    ///
    /// `inline` is what a request says that was done after all that is logged; `limit` is how many actions are looked
    /// back upon.
    func taste(
        of user: PointID, at now: Moment, after inline: Taste = Taste(), limit: Int = Taste.actionLimit
    ) -> Taste {
        var taste = inline
        guard let number = users.number(of: user) else { return taste }
        let types = settings.types
        events.forEachAction(of: UserNumber(number)) { place in
            let item = events.items[place.index]
            guard items.hasName(item.rawValue) else { return true }
            taste.add(action(at: place, types, now), item, named: items.name(of: item.rawValue) ?? .number(0))
            return taste.actionCount < limit
        }
        events.forEachImpression(of: UserNumber(number)) { _ in
            taste.impressionCount += 1
            return taste.impressionCount < Taste.impressionLimit
        }
        return taste
    }

    private func action(at place: EventPlace, _ types: EventTypes, _ now: Moment) -> Action {
        let type = events.types[place.index], value = events.values[place.index]
        let at = events.moments[place.index]
        return Action(
            type: type, at: at, strength: types.strength(type, value: value),
            weight: types.weight(type, value: value, days: at.days(until: now)))
    }

    /// What a request says that was just done, the newest event last.
    func taste(ofInline inline: [CheckedEvent], at now: Moment) -> Taste {
        var taste = Taste()
        let types = settings.types
        for event in inline.reversed() where types.isAction(event.type) {
            let value = event.value.map { Float($0) } ?? .nan
            let action = Action(
                type: event.type, at: event.at, strength: types.strength(event.type, value: value),
                weight: types.weight(event.type, value: value, days: event.at.days(until: now)))
            taste.add(action, items.number(of: event.item).map { ItemNumber($0) }, named: event.item)
        }
        return taste
    }

    /// How often a user was shown each item since a moment.
    func exposures(of user: PointID, since moment: Moment) -> [(item: ItemNumber, count: Int)] {
        guard let number = users.number(of: user) else { return [] }
        var counts = ValuesByNumber<Int>()
        var looked = 0
        events.forEachImpression(of: UserNumber(number)) { place in
            looked += 1
            if events.moments[place.index] >= moment {
                let item = counts.place(of: events.items[place.index].rawValue, orInsert: 0)
                counts.values[item] += 1
            }
            return looked < Taste.impressionLimit
        }
        return zip(counts.numbers, counts.values).map { (ItemNumber($0), $1) }
    }

    /// What a user has used, or bought, in any order, each perhaps several times: of all events that are kept.
    func itemsUsed(by user: PointID, onlyBought: Bool) -> [ItemNumber] {
        guard let number = users.number(of: user) else { return [] }
        var found: [ItemNumber] = []
        events.forEachAction(of: UserNumber(number)) { place in
            if !onlyBought || events.types[place.index] == EventTypes.order { found.append(events.items[place.index]) }
            return true
        }
        return found
    }
}
