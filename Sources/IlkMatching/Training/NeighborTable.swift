import IlkCollaborative
import IlkProtocol

/// For each item those that are most like it, learned from all that was done: exact, where the counts that are kept as
/// events come are of the most frequent partners only.
struct NeighborTable: Sendable {
    /// The number in the log of each row.
    let items: [ItemNumber]
    /// Shape `[items, items]`, a few a row.
    let lists: SparseMatrix
    private let rows: [ItemNumber: UInt32]

    init(items: [ItemNumber], lists: SparseMatrix) {
        precondition(lists.rows == items.count && lists.columns == items.count)
        self.items = items
        self.lists = lists
        rows = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, UInt32($0)) })
    }

    /// Whether there is something known of an item.
    func contains(_ item: ItemNumber) -> Bool { rows[item].map { !lists.range(of: Int($0)).isEmpty } ?? false }

    /// Calls `body` with each neighbor of an item and how alike they are.
    func forEachNeighbor(of item: ItemNumber, _ body: (ItemNumber, Float) -> Void) {
        guard let row = rows[item] else { return }
        for place in lists.range(of: Int(row)) { body(items[Int(lists.indices[place])], lists.values[place]) }
    }
}
