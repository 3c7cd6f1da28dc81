import IlkCollaborative
import IlkProtocol

/// For each item those that are most like it, learned from all that was done: exact, where the counts that are kept as
/// events come are of the most frequent partners only.
struct NeighborTable: Sendable {
    /// The number in the log of each row.
    let items: [ItemNumber]
    /// Shape `[items, items]`, a few a row.
    let lists: SparseMatrix
    private let rows: ValuesByNumber<Void>

    init(items: [ItemNumber], lists: SparseMatrix) {
        precondition(lists.rows == items.count && lists.columns == items.count)
        self.items = items
        self.lists = lists
        rows = ValuesByNumber(items.map(\.rawValue))
    }

    /// Whether there is something known of an item.
    func contains(_ item: ItemNumber) -> Bool {
        rows.place(of: item.rawValue).map { !lists.range(of: $0).isEmpty } ?? false
    }

    /// Calls `body` with each neighbor of an item and how alike they are.
    func forEachNeighbor(of item: ItemNumber, _ body: (ItemNumber, Float) -> Void) {
        guard let row = rows.place(of: item.rawValue) else { return }
        for place in lists.range(of: row) { body(items[Int(lists.indices[place])], lists.values[place]) }
    }
}
