import IlkProtocol
import Synchronization

/// What people chose lately who chose as this person did.
///
/// Neighbors are found by walking from the person's items to those who chose them, so they are never out of date.
struct U2U2IChannel: RecallChannel {
    let name = "u2u2i"

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        let neighbors = request.memory.state.withLock { state in
            state.neighbors(of: request.taste, user: request.user, limit: 40)
        }
        guard !neighbors.isEmpty else { return [] }
        let sums = request.memory.state.withLock { state in
            state.choices(of: neighbors, at: request.moment)
        }
        return request.best(quota, of: sums, score: \.score) { .people(count: $0.people, shared: $0.shared) }
    }
}

/// Somebody who chose as a person did.
struct PersonNeighbor: Sendable {
    var user: UserNumber
    var score: Float
    /// The item that they share and that says most: a place in ``Taste/items``.
    var shared: Int
    /// The item that they share that was looked at last: what somebody did with one item counts once.
    fileprivate var seen = -1

    fileprivate init(user: UserNumber, shared: Int) {
        self.user = user
        score = 0
        self.shared = shared
    }
}

extension MatchState {
    /// Newest choices of an item that are followed to their users.
    private static let choicesPerItem = 60
    /// Items of a person that are followed.
    private static let itemsPerPerson = 24

    /// The people with whom a taste has most in common, most alike first.
    ///
    /// An item counts as 1 / √(people who chose it): what everybody has says little (Breese, Heckerman & Kadie, UAI 1998).
    ///
    /// - Complexity: O(24 · 60) random reads, some 0.1 ms.
    func neighbors(of taste: Taste, user: PointID?, limit: Int) -> [PersonNeighbor] {
        let own = user.flatMap { users.number(of: $0) }.map { UserNumber($0) }
        var found = ValuesByNumber<PersonNeighbor>(capacity: 512)
        for place in taste.liked(Self.itemsPerPerson) {
            guard let item = taste.items[place].number else { continue }
            let worth = taste.items[place].weight / Float(max(1, events.actionCount(of: item))).squareRoot()
            var left = Self.choicesPerItem
            events.forEachAction(with: item) { event in
                left -= 1
                let other = events.users[event.index]
                guard other != own else { return left > 0 }
                let entry = found.place(of: other.rawValue, orInsert: PersonNeighbor(user: other, shared: place))
                if found.values[entry].seen != place {
                    let strength = settings.types.strength(events.types[event.index], value: events.values[event.index])
                    found.values[entry].seen = place
                    found.values[entry].score += worth * min(strength, 5)
                }
                return left > 0
            }
        }
        var heap = SmallestFirst(limit: limit)
        for neighbor in found.values where neighbor.score > 0 {
            heap.insert(Double(neighbor.score), neighbor.user.rawValue)
        }
        return heap.descending().compactMap { found[$0] }
    }

    /// What these people chose last, each item with the sum of their likenesses.
    fileprivate func choices(of neighbors: [PersonNeighbor], at now: Moment) -> ValuesByNumber<Choice> {
        var sums = ValuesByNumber<Choice>(capacity: 16 * neighbors.count)
        for neighbor in neighbors {
            var left = 20
            events.forEachAction(of: neighbor.user) { event in
                left -= 1
                let weight = settings.types.weight(
                    events.types[event.index], value: events.values[event.index],
                    days: events.moments[event.index].days(until: now))
                let item = sums.place(
                    of: events.items[event.index].rawValue, orInsert: Choice(shared: neighbor.shared))
                sums.values[item].add(neighbor.score * weight, neighbor.user)
                return left > 0
            }
        }
        return sums
    }
}

/// An item that neighbors chose.
private struct Choice {
    var score: Float = 0
    var people = 0
    var shared: Int
    private var last = UserNumber.nobody

    init(shared: Int) { self.shared = shared }

    mutating func add(_ part: Float, _ user: UserNumber) {
        score += part
        guard last != user else { return }
        people += 1
        last = user
    }
}
