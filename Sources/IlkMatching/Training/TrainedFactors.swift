import IlkANN
import IlkCollaborative
import IlkProtocol
import IlkVectors
import Synchronization

/// Factors of items, learned by ALS; a person's are found when somebody asks, from what the person did up to that moment.
///
/// So an event changes the next answer, and no trace of a person is kept. The items with the largest inner products are
/// found in a graph of their own. Each has one component more there, `√(M² − |x|²)` with the largest length M, and a person
/// has 0 in it: then the largest inner product is the least distance (Bachrach et al., "Speeding up the Xbox recommender
/// system", RecSys 2014). In a graph by inner product most of 200,000 items were nobody's neighbors, and making them
/// reachable took minutes.
final class TrainedFactors: Sendable {
    /// The number in the log of each row.
    let items: [ItemNumber]
    let model: FactorModel
    private let rows: ValuesByNumber<Void>
    private let foldIn: FoldIn
    private let index: VectorIndex

    /// A model that can be asked at once; until it is linked, all items are gone through.
    ///
    /// - Parameters:
    ///   - items: the number in the log of each row of the factors.
    ///   - model: the factors; those of people are not needed.
    /// - Throws: `unavailable` where there is no room for it.
    init(items: [ItemNumber], model: FactorModel) throws(IlkError) {
        self.items = items
        self.model = model
        rows = ValuesByNumber(items.map(\.rawValue))
        foldIn = FoldIn.ofUsers(model)
        do throws(IndexError) {
            index = try VectorIndex(
                dimension: model.factors + 1, metric: .l2, parameters: HNSWParameters(m: 16, efConstruction: 100))
        } catch {
            throw IlkError(.unavailable, "no room for the factors of \(items.count) items: \(error)")
        }
        let squares = items.indices.map { row in
            let vector = model.itemFactors.row(row)
            return Kernels.dot(vector.span, vector.span)
        }
        let largest = squares.max() ?? 0
        // Items that nobody chose any more have no direction.
        for row in items.indices where squares[row] > 0 {
            let vector = model.itemFactors.row(row) + [(largest - squares[row]).squareRoot()]
            index.place(vector.span, at: Ordinal(UInt32(row)))
        }
    }

    /// Builds the graph; it may be asked meanwhile.
    func link(threads: Int) { _ = index.linkPending(threads: threads) }

    /// Items that are gone through one by one, for the graph does not have them yet.
    var pendingCount: Int { index.pendingCount }

    /// The factors of a person; nil where nothing that the person chose is known.
    func vector(of taste: Taste) -> [Float]? {
        let last = taste.items.reduce(Moment(UInt32(0))) { max($0, $1.at) }
        let seen = taste.items.compactMap { item -> (row: UInt32, weight: Float)? in
            guard let row = item.number.flatMap({ row(of: $0) }), item.weight > 0, item.strength > 0 else { return nil }
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
        let query = vector + [0]
        let outcome =
            rows.map { index.scan(query.span, k: k, among: $0) }
            ?? index.search(query.span, k: k, efSearch: max(k, 64))
        return outcome.neighbors.map { neighbor in
            let row = Int(neighbor.ordinal.rawValue)
            return (items[row], model.itemFactors.product(ofRow: row, with: vector))
        }
    }

    /// The rows of items that have one.
    func rows(of numbers: [ItemNumber]) -> [UInt32] { numbers.compactMap { row(of: $0) } }

    private func row(of item: ItemNumber) -> UInt32? { rows.place(of: item.rawValue).map { UInt32($0) } }
}
