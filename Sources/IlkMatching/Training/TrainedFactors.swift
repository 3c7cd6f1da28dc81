import IlkANN
import IlkCollaborative
import IlkProtocol
import IlkVectors
import Synchronization

/// Factors of items, learned by ALS; a person's are found when somebody asks, from what the person did up to that moment.
///
/// So an event changes the next answer, and no trace of a person is kept. The items nearest to a person are found in a
/// graph of their own, by inner product.
final class TrainedFactors: Sendable {
    /// The number in the log of each row.
    let items: [ItemNumber]
    let model: FactorModel
    private let rows: [ItemNumber: UInt32]
    private let foldIn: FoldIn
    private let index: VectorIndex

    /// A model ready to be asked; its graph is built first.
    ///
    /// - Parameters:
    ///   - items: the number in the log of each row of the factors.
    ///   - model: the factors; those of people are not needed.
    ///   - threads: threads that build the graph.
    /// - Throws: `unavailable` where there is no room for it.
    init(items: [ItemNumber], model: FactorModel, threads: Int) throws(IlkError) {
        self.items = items
        self.model = model
        rows = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, UInt32($0)) })
        foldIn = FoldIn.ofUsers(model)
        do throws(IndexError) {
            index = try VectorIndex(
                dimension: model.factors, metric: .dot, parameters: HNSWParameters(m: 16, efConstruction: 100))
        } catch {
            throw IlkError(.unavailable, "no room for the factors of \(items.count) items: \(error)")
        }
        for row in items.indices {
            let vector = model.itemFactors.row(row)
            // Nobody chose it any more: it has no direction.
            if vector.contains(where: { $0 != 0 }) { index.place(vector.span, at: Ordinal(UInt32(row))) }
        }
        _ = index.linkPending(threads: threads)
    }

    /// The factors of a person; nil where nothing that the person chose is known.
    func vector(of taste: Taste) -> [Float]? {
        let last = taste.items.reduce(Moment(UInt32(0))) { max($0, $1.at) }
        let seen = taste.items.compactMap { item -> (row: UInt32, weight: Float)? in
            guard let row = item.number.flatMap({ rows[$0] }), item.weight > 0, item.strength > 0 else { return nil }
            let decay = Decay.factor(
                age: Int64(last.seconds) - Int64(item.at.seconds), halfLife: TrainingData.weighing.halfLife ?? .infinity
            )
            return (row, item.strength * decay)
        }
        return seen.isEmpty ? nil : foldIn.vector(of: seen)
    }

    /// The items with the largest inner product, largest first.
    ///
    /// - Parameters:
    ///   - vector: a person's factors.
    ///   - k: how many.
    ///   - rows: rows that may come; all if nil.
    /// - Returns: fewer than k only where there are no more.
    func nearest(to vector: [Float], k: Int, among rows: [UInt32]? = nil) -> [(item: ItemNumber, score: Float)] {
        guard vector.contains(where: { $0 != 0 }) else { return [] }
        let outcome =
            rows.map { index.scan(vector.span, k: k, among: $0) }
            ?? index.search(vector.span, k: k, efSearch: max(k, 64))
        return outcome.neighbors.map { (items[Int($0.ordinal.rawValue)], -$0.distance) }
    }

    /// The rows of items that have one.
    func rows(of numbers: [ItemNumber]) -> [UInt32] { numbers.compactMap { rows[$0] } }
}
