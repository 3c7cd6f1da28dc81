import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// What suits a person by the factors that ALS learned; the person's are found from what was done up to this moment.
struct FactorChannel: RecallChannel {
    let name = "als"

    /// Whether points that pass a filter are gone through one by one; else more items are asked for than are wanted.
    private static func goesThrough(_ matching: Int, of count: Int) -> Bool {
        matching <= 1_000 || matching <= min(20_000, count / 20)
    }

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        guard let factors = request.models.factors else { throw TrainedModels.missing(.als) }
        guard let vector = factors.vector(of: request.taste) else { return [] }
        let skipped = min(request.used.count + request.excluded.count, 1_024)
        let near: [(item: ItemNumber, score: Float)]
        if let matching = request.matching, Self.goesThrough(matching.count, of: request.items.count) {
            let numbers = matching.ordinals.compactMap { request.places.number(of: Ordinal($0)) }
            near = factors.nearest(to: vector, k: quota + skipped, among: factors.rows(of: numbers))
        } else {
            let share = request.matching.map { Double($0.count) / Double(max(1, request.items.count)) } ?? 1
            let wanted = min(Int(Double(quota) / max(share, 0.01) * (share < 1 ? 1.5 : 1)), 4_096)
            near = factors.nearest(to: vector, k: wanted + skipped)
        }
        let located = near.compactMap { entry in
            request.places.ordinal(of: entry.item).map { Recalled($0, score: entry.score) }
        }
        return request.best(quota, of: located, new: true)
    }
}
