import Glibc
import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// What has the attributes that a person likes: the category, the brand, by popularity.
///
/// A value says more the rarer it is: it counts share × log(items / items that have it).
struct TagChannel: RecallChannel {
    let name = "tag"

    /// Values that are asked for.
    private static let values = 6
    /// Items of a value that are weighed, for each that is asked for: the popular ones first.
    private static let weighedPerQuota = 2

    /// What a candidate has of what the person likes.
    private struct Likeness {
        var score: Float = 0
        /// The value that says most: a place among those that are asked for.
        var value: Int
    }

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        let affinities = Affinities(request.taste, request.items, withBands: false)
        let sorted = affinities.values.enumerated().sorted { a, b in
            a.element.share != b.element.share ? a.element.share > b.element.share : a.offset < b.offset
        }
        let wanted = sorted.prefix(Self.values).map(\.element)
        let leaders = request.leaders.popular(request)
        let perValue = Self.weighedPerQuota * quota
        var candidates = ValuesByNumber<Likeness>(capacity: wanted.count * perValue)
        for (place, affinity) in wanted.enumerated() {
            var having = request.items.having(affinity.field, affinity.value)
            let weight = affinity.share * logf(Float(request.items.count) / Float(max(1, having.count)))
            guard weight > 0 else { continue }
            if let matching = request.matching { having.formIntersection(matching) }
            var left = perValue
            var taken = ItemSet(end: 0)
            func take(_ ordinal: Ordinal) {
                guard request.admitsNew(ordinal), !taken.contains(ordinal) else { return }
                taken.insert(ordinal)
                let candidate = candidates.place(of: ordinal.rawValue, orInsert: Likeness(value: place))
                candidates.values[candidate].score += weight
                left -= 1
            }
            for leader in leaders.among(having) where left > 0 { take(leader) }
            for ordinal in having.prefix(2 * perValue) where left > 0 { take(Ordinal(ordinal)) }
        }
        weigh(&candidates, request)
        var best = SmallestFirst(limit: quota)
        for (ordinal, likeness) in zip(candidates.numbers, candidates.values) {
            best.insert(Double(likeness.score), ordinal)
        }
        return best.ranked().compactMap { entry in
            guard let affinity = candidates[entry.name].map({ wanted[$0.value] }) else { return nil }
            return Recalled(
                Ordinal(entry.name), score: Float(entry.value),
                evidence: .value(field: affinity.field, value: affinity.value, share: affinity.share))
        }
    }

    /// Lets what many like count more.
    private func weigh(_ candidates: inout ValuesByNumber<Likeness>, _ request: RecallRequest) {
        let counts = request.memory.state.withLock { [numbers = candidates.numbers] state in
            numbers.map { ordinal in
                request.places.number(of: Ordinal(ordinal)).map { state.popular.count(of: $0, at: request.moment) } ?? 0
            }
        }
        for (place, count) in counts.enumerated() { candidates.values[place].score *= 1 + logf(1 + count) }
    }
}
