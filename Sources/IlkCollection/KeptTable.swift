package import IlkProtocol

/// What an upper floor keeps of one kind with a collection, for a companion that writes on a thread of its own.
///
/// It reaches the collection's file without holding the collection, also while companions are being closed.
package struct KeptTable: Sendable {
    private let store: RecordStore
    private let kind: String

    init(store: RecordStore, kind: String) {
        self.store = store
        self.kind = kind
    }

    /// Puts values in the places of those with the same ids; when this returns they are on the disk.
    package func keep(_ values: [(id: String, value: JSONText)]) throws(IlkError) {
        _ = try store.keep(kind, values)
    }

    /// Takes values away.
    package func discard(_ ids: [String]) throws(IlkError) { _ = try store.discard(kind, ids) }

    /// Everything that is kept of the kind, in the order of first insertion.
    package func all() throws(IlkError) -> [KeptValue] { try store.kept(kind) }
}

extension VectorCollection {
    /// What is kept of a kind, for a companion.
    package func keptTable(_ kind: String) throws(IlkError) -> KeptTable {
        KeptTable(store: try content().store, kind: kind)
    }
}
