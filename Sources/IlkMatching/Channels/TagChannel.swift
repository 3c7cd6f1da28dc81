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

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        let affinities = Affinities(request.taste, request.items)
        let sorted = affinities.values.enumerated().sorted { a, b in
            a.element.share != b.element.share ? a.element.share > b.element.share : a.offset < b.offset
        }
        let leaders = request.leaders.popular(request)
        let perValue = Self.weighedPerQuota * quota
        var candidates: [Ordinal: Recalled] = [:]
        for (_, affinity) in sorted.prefix(Self.values) {
            var having = request.items.having(affinity.field, affinity.value)
            let weight = affinity.share * logf(Float(request.items.count) / Float(max(1, having.count)))
            guard weight > 0 else { continue }
            if let matching = request.matching { having.formIntersection(matching) }
            let evidence = Evidence.value(field: affinity.field, value: affinity.value, share: affinity.share)
            var left = perValue
            var taken: Set<Ordinal> = []
            func take(_ ordinal: Ordinal) {
                guard request.admitsNew(ordinal), taken.insert(ordinal).inserted else { return }
                candidates[ordinal, default: Recalled(ordinal, score: 0, evidence: evidence)].score += weight
                left -= 1
            }
            for leader in leaders where left > 0 && having.contains(leader.rawValue) { take(leader) }
            for ordinal in having.prefix(2 * perValue) where left > 0 { take(Ordinal(ordinal)) }
        }
        let popularity = popularity(of: Array(candidates.keys), request)
        let weighed = candidates.values.map { candidate in
            var weighed = candidate
            weighed.score *= 1 + logf(1 + (popularity[candidate.ordinal] ?? 0))
            return weighed
        }
        return Array(
            weighed.sorted { $0.score != $1.score ? $0.score > $1.score : $0.ordinal < $1.ordinal }.prefix(quota))
    }

    private func popularity(of ordinals: [Ordinal], _ request: RecallRequest) -> [Ordinal: Float] {
        let ids = request.items.ids(of: ordinals)
        return request.memory.state.withLock { state in
            var counts: [Ordinal: Float] = [:]
            for (ordinal, id) in zip(ordinals, ids) {
                guard let id, let number = state.items.number(of: id) else { continue }
                counts[ordinal] = state.popular.count(of: ItemNumber(number), at: request.moment)
            }
            return counts
        }
    }
}
