import IlkVectors
import Synchronization

/// What answers searches of all points.
package enum Structure: String, Sendable {
    case graph, lists
}

/// The inverted lists of an index beside its graph, from their making on.
struct ListState: Sendable {
    var lists: InvertedLists?
    /// Whether searches use them.
    var isInUse = false
    /// Placed since the lists were made, or since their making began, and in none.
    var newcomers = PendingList()
    var builder: ListBuilder?
    /// From the first step of a builder to its last, also while it is out for a step.
    var isBuilding = false
    /// The list that a node was last written to, by ordinal: an entry in another list is of a vector that is gone.
    var listOf: [UInt32] = []
    /// Vectors when it was last decided whether lists would help; 0 before.
    var decidedAt = 0
    /// Nodes that came to the lists since they were fitted.
    var added = 0
    /// What the builder makes the entries of again after a restart, to be in use as it was before.
    var restored: Findings.Lists?

    mutating func begin(_ builder: ListBuilder, restoring lists: Findings.Lists? = nil) {
        self.builder = builder
        isBuilding = true
        restored = lists
    }

    /// Whether what is placed has to be remembered.
    var isListing: Bool { lists != nil || isBuilding }
}
