import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// What suits a person by the factors that ALS learned; the person's are found from what was done up to this moment.
struct FactorChannel: RecallChannel {
    let name = "als"

    /// Whether points that pass a filter are gone through one by one, which costs some 0.5 µs each for their names; else
    /// more items are asked for than are wanted.
    private static func goesThrough(_ matching: Int, of count: Int) -> Bool {
        matching <= 1_000 || matching <= min(20_000, count / 20)
    }

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        guard let factors = request.models.factors else { throw TrainedModels.missing(.als) }
        guard let vector = factors.vector(of: request.taste) else { return [] }
        let skipped = min(request.used.count + request.excluded.count, 1_024)
        let near: [(item: ItemNumber, score: Float)]
        if let matching = request.matching, Self.goesThrough(matching.count, of: request.items.count) {
            let ids = request.items.ids(of: matching.ordinals.map { Ordinal($0) }).compactMap { $0 }
            let numbers = request.memory.state.withLock { state in
                ids.compactMap { state.items.number(of: $0).map { ItemNumber($0) } }
            }
            near = factors.nearest(to: vector, k: quota + skipped, among: factors.rows(of: numbers))
        } else {
            let share = request.matching.map { Double($0.count) / Double(max(1, request.items.count)) } ?? 1
            let wanted = min(Int(Double(quota) / max(share, 0.01) * (share < 1 ? 1.5 : 1)), 4_096)
            near = factors.nearest(to: vector, k: wanted + skipped)
        }
        let named = request.memory.state.withLock { state in
            near.compactMap { entry in
                state.items.name(of: entry.item.rawValue).map { (id: $0, score: entry.score, evidence: Evidence.none) }
            }
        }
        return request.best(quota, of: named, new: true)
    }
}
