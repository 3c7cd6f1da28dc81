import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// An audience on its way: seeds, the items they are widened to, the people who used these.
struct Audience {
    let view: ItemView
    let writer: EventWriter
    let places: ItemPlaces
    let field: Int?
    let moment: Moment
    let matching: Bitmap?
    var spread: Float = 2
    /// What was trained of which items go together.
    var trained: NeighborTable?

    /// What using an item counts.
    private(set) var weights: [ItemNumber: Float] = [:]
    private(set) var excluded: Set<UserNumber> = []
    /// Who may come; everybody if nil.
    private var allowed: Set<UserNumber>?
    private(set) var considered = 0
    private var seedItems: Set<ItemNumber> = []
    private var target: [Float]?
    private var values: [String: [FilterValue: Float]] = [:]

    /// Items that one seed is widened to by its vector.
    private static let neighborsPerSeed = 100
    /// Seeds that are widened; the others count alone.
    private static let widenedSeeds = 50
    /// People of a saved audience that others are to be like, the first.
    static let seedLimit = 1_000
    /// Newest actions of an item that are followed to their users.
    private static let actionsPerItem = 2_000
    /// People who are weighed by all that they like.
    private static let weighedPeople = 1_000

    init(
        view: ItemView, writer: EventWriter, places: ItemPlaces, field: Int?, moment: Moment, matching: Bitmap?
    ) {
        self.view = view
        self.writer = writer
        self.places = places
        self.field = field
        self.moment = moment
        self.matching = matching
    }

    // MARK: Seeds

    /// Makes an audience for items.
    mutating func widen(items: [PointID]) throws(IlkError) {
        let ordinals = view.ordinals(of: items)
        let numbers = writer.state.withLock { state in items.map { state.items.number(of: $0).map { ItemNumber($0) } } }
        guard zip(ordinals, numbers).contains(where: { $0.0 != nil || $0.1 != nil }) else {
            throw IlkError(
                .notFound,
                "no item \(items[0].description.shortened) in the collection or the events; see points.scroll")
        }
        for number in numbers.compactMap({ $0 }) {
            weights[number] = 1
            seedItems.insert(number)
        }
        let known = ordinals.compactMap { $0 }
        for ordinal in known.prefix(Self.widenedSeeds) { try widenByVector(ordinal, weight: 1) }
        widenByPartners(Array(seedItems.prefix(Self.widenedSeeds)).map { ($0, 1) })
        describe(known.map { ($0, 1) })
    }

    /// Makes an audience of people like others, who are left out.
    mutating func widen(users: [PointID]) throws(IlkError) {
        var sums: [PointID: (number: ItemNumber, weight: Float)] = [:]
        var isAnyKnown = false
        for user in users {
            let (number, taste, counts) = writer.state.withLock { state in
                let taste = state.taste(of: user, at: moment)
                let counts = taste.items.map { $0.number.map { state.events.actionCount(of: $0) } ?? 1 }
                return (state.users.number(of: user), taste, counts)
            }
            guard let number else { continue }
            isAnyKnown = true
            excluded.insert(UserNumber(number))
            for place in taste.liked(24) {
                guard let item = taste.items[place].number else { continue }
                // What everybody has tells nobody apart.
                let weight = min(taste.items[place].weight, 10) / Float(max(1, counts[place])).squareRoot()
                sums[taste.items[place].id, default: (item, 0)].weight += weight
            }
        }
        guard isAnyKnown else { throw Matching.unknown(users[0]) }
        let sorted = sums.sorted {
            $0.value.weight != $1.value.weight
                ? $0.value.weight > $1.value.weight : $0.value.number.rawValue < $1.value.number.rawValue
        }
        let largest = sorted.first?.value.weight ?? 1
        for (_, sum) in sorted { weights[sum.number] = sum.weight / largest }
        let top = Array(sorted.prefix(Self.widenedSeeds))
        let ordinals = view.ordinals(of: top.map(\.key))
        var described: [(Ordinal, Float)] = []
        for (entry, ordinal) in zip(top, ordinals) {
            guard let ordinal else { continue }
            described.append((ordinal, entry.value.weight / largest))
        }
        for (ordinal, weight) in described.prefix(12) { try widenByVector(ordinal, weight: 0.5 * weight) }
        describe(described)
    }

    private mutating func widenByVector(_ seed: Ordinal, weight: Float) throws(IlkError) {
        guard let field, let vector = view.vector(field, at: seed), vector.contains(where: { $0 != 0 }) else { return }
        let near = try view.nearest(to: vector, field: field, k: Self.neighborsPerSeed, among: matching)
        let direction = TasteVectors.direction(of: vector)
        for (ordinal, _) in near where ordinal != seed {
            guard let number = places.number(of: ordinal), let other = view.vector(field, at: ordinal) else { continue }
            let cosine = Kernels.dot(direction.span, TasteVectors.direction(of: other).span)
            let likeness = likeness(cosine)
            guard likeness > 0 else { continue }
            weights[number] = max(weights[number] ?? 0, weight * likeness)
        }
    }

    /// 1 for the same direction, 0 for what two items have in common on average, squared so that the near count most.
    private func likeness(_ cosine: Float) -> Float {
        let average = 1 - spread / 2
        let share = max(0, (cosine - average) / max(1e-6, 1 - average))
        return share * share
    }

    private mutating func widenByPartners(_ seeds: [(ItemNumber, Float)]) {
        let partners = writer.state.withLock { $0.partners(of: seeds.map { (0, $0.0, $0.1) }, trained) }
        for (number, partner) in zip(partners.numbers, partners.values) where partner.score > 0.01 {
            let item = ItemNumber(number)
            weights[item] = max(weights[item] ?? 0, min(1, partner.score))
        }
    }

    /// What the seeds are like on the whole.
    private mutating func describe(_ seeds: [(ordinal: Ordinal, weight: Float)]) {
        if let field {
            let rows = seeds.compactMap { seed in
                view.vector(field, at: seed.ordinal).map { (TasteVectors.direction(of: $0), seed.weight) }
            }
            if !rows.isEmpty {
                target = TasteVectors.direction(of: TasteVectors.mean(of: rows.map(\.0), rows.map(\.1)))
            }
        }
        let total = seeds.reduce(0) { $0 + $1.weight }
        for path in view.fields where path.kind == .keyword {
            let found = view.values(of: path.path, at: seeds.map(\.ordinal))
            for (values, seed) in zip(found, seeds) {
                for value in values { add(value, of: path.path, seed.weight / total) }
            }
        }
    }

    private mutating func add(_ value: FilterValue, of path: String, _ share: Float) {
        values[path, default: [:]][value, default: 0] += share
    }

    /// Leaves out everybody but these.
    mutating func keep(to users: [PointID]) {
        allowed = writer.state.withLock { state in
            Set(users.compactMap { state.users.number(of: $0).map { UserNumber($0) } })
        }
    }

    /// Leaves out people who used or bought a seed item.
    mutating func exclude(_ request: MatchUsers) {
        guard !request.exclude.isEmpty else { return }
        let onlyBought = !request.exclude.contains(.seen)
        for item in seedItems {
            let users = writer.state.withLock { state in
                var users: [UserNumber] = []
                state.events.forEachAction(with: item) { place in
                    if !onlyBought || state.events.types[place.index] == EventTypes.order {
                        users.append(state.events.users[place.index])
                    }
                    return true
                }
                return users
            }
            excluded.formUnion(users)
        }
    }

    // MARK: People

    private struct Person {
        var evidence: Float = 0
        var best: Float = 0
        var item: ItemNumber
        var type: UInt8 = 0
        var at = Moment(UInt32(0))
    }

    /// Up to k people, best first.
    mutating func people(_ k: Int) -> [MatchedUser] {
        let found = gather()
        considered = found.count
        var heap = SmallestFirst(limit: max(k, min(4 * k, Self.weighedPeople)))
        for (user, person) in found where person.evidence > 0 { heap.insert(Double(person.evidence), user.rawValue) }
        let ranked = heap.ranked()
        let largest = Float(ranked.first?.value ?? 1)
        var scored: [(user: UserNumber, score: Float)] = []
        for (place, entry) in ranked.enumerated() {
            var score = Float(entry.value) / largest
            if place < Self.weighedPeople { score += 0.5 * inclination(of: UserNumber(entry.name)) }
            scored.append((UserNumber(entry.name), score))
        }
        scored.sort { $0.score != $1.score ? $0.score > $1.score : $0.user.rawValue < $1.user.rawValue }
        return writer.state.withLock { state in
            scored.prefix(k).compactMap { entry in
                guard let id = state.users.name(of: entry.user.rawValue), let person = found[entry.user] else {
                    return nil
                }
                let item = state.items.name(of: person.item.rawValue)
                let what = "\(state.settings.types[person.type].name) of \(item?.description ?? "an item")"
                return MatchedUser(id: id, score: entry.score, reason: what)
            }
        }
    }

    /// Everybody who used one of the weighted items, with what that says.
    private func gather() -> [UserNumber: Person] {
        var people: [UserNumber: Person] = [:]
        let admitted = admittedItems()
        for (item, weight) in admitted {
            // One item at a time, so that nobody waits long.
            let actions = writer.state.withLock { state in
                var actions: [(UserNumber, Float, UInt8, Moment)] = []
                var left = Self.actionsPerItem
                state.events.forEachAction(with: item) { place in
                    left -= 1
                    let type = state.events.types[place.index], at = state.events.moments[place.index]
                    let says = state.settings.types.weight(
                        type, value: state.events.values[place.index], days: at.days(until: moment))
                    actions.append((state.events.users[place.index], says, type, at))
                    return left > 0
                }
                return actions
            }
            for (user, says, type, at) in actions where !excluded.contains(user) && allowed?.contains(user) ?? true {
                var person = people[user] ?? Person(item: item)
                person.evidence += weight * says
                if weight * says > person.best {
                    (person.best, person.item, person.type, person.at) = (weight * says, item, type, at)
                }
                people[user] = person
            }
        }
        return people
    }

    /// Weighted items that pass the filter, by number.
    private func admittedItems() -> [(ItemNumber, Float)] {
        let sorted = weights.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
        guard let matching else { return sorted }
        return sorted.filter { item, _ in places.ordinal(of: item).map { matching.contains($0.rawValue) } ?? false }
    }

    /// How much a person likes what the seeds are like, 0 to 2: by vector and by attributes.
    private func inclination(of user: UserNumber) -> Float {
        var taste = writer.state.withLock { state in
            state.users.name(of: user.rawValue).map { state.taste(of: $0, at: moment, limit: 64) } ?? Taste()
        }
        taste.locate(in: view, places)
        let liked = taste.liked(16)
        var score: Float = 0
        if let field, let target {
            let rows = liked.compactMap { place in
                taste.items[place].ordinal.flatMap { view.vector(field, at: $0) }.map { (place, $0) }
            }
            if !rows.isEmpty {
                let mean = TasteVectors.mean(of: rows.map(\.1), rows.map { taste.items[$0.0].weight })
                score += likeness(Kernels.dot(TasteVectors.direction(of: mean).span, target.span))
            }
        }
        guard !values.isEmpty else { return score }
        var overlap: Float = 0
        for affinity in Affinities(taste, view, withBands: false).values {
            overlap += min(affinity.share, values[affinity.field]?[affinity.value] ?? 0)
        }
        return score + overlap / Float(values.count)
    }
}
