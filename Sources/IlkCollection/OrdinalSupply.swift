import IlkVectors

/// Hands out ordinals: reusable ones first, then new ones.
///
/// A vacated ordinal comes back only after the graphs were repaired around it *and* a checkpoint without it was
/// written: so an ordinal in a checkpoint always means the same version of the same point as in SQLite.
struct OrdinalSupply: Sendable {
    private var reusable: [Ordinal]
    /// Repaired, but the last checkpoint may still hold them.
    private var repaired: [Ordinal] = []
    /// Those that the checkpoint which is being taken does not hold.
    private var inCheckpoint: [Ordinal] = []
    /// Vacated: the fields whose graphs may still link to them.
    private var linked: [Ordinal: UInt64] = [:]
    private var end: UInt32
    /// Ordinals that every index has room for.
    private let capacity: Int
    /// Whether an ordinal keeps its meaning for now, though its point may be gone.
    var isReusePaused = false

    init(end: UInt32, reusable: [Ordinal], capacity: Int) {
        self.end = end
        self.reusable = reusable
        self.capacity = capacity
    }

    /// How many can be handed out before a repair and a checkpoint bring back more.
    var left: Int { (isReusePaused ? 0 : reusable.count) + capacity - Int(end) }

    /// Ordinals that the next checkpoint brings back.
    var waitingForCheckpoint: Int { repaired.count }

    mutating func next() -> Ordinal {
        if !isReusePaused, let ordinal = reusable.popLast() { return ordinal }
        defer { end += 1 }
        return Ordinal(end)
    }

    mutating func vacate(_ entry: PointDirectory.Entry) {
        if entry.fields == 0 { repaired.append(entry.ordinal) } else { linked[entry.ordinal] = entry.fields }
    }

    /// Notes that the graph of a field no longer links to these ordinals.
    mutating func unlinked(_ ordinals: [Ordinal], field: Int) {
        for ordinal in ordinals {
            guard let fields = linked[ordinal] else { continue }
            let left = fields & ~(1 << UInt64(field))
            linked[ordinal] = left == 0 ? nil : left
            if left == 0 { repaired.append(ordinal) }
        }
    }

    /// Notes that a field has another graph, which links to none but these of the ordinals that no point has.
    mutating func replacedGraph(ofField field: Int, stillLinked removed: [Ordinal]) {
        unlinked(Array(linked.keys), field: field)
        let removed = Set(removed)
        reusable.removeAll { removed.contains($0) }
        repaired.removeAll { removed.contains($0) }
        for ordinal in removed { linked[ordinal, default: 0] |= 1 << UInt64(field) }
    }

    /// Notes that checkpoints of every field begin, in which nothing links to what was repaired by now.
    mutating func beginCheckpoint() {
        inCheckpoint = repaired
        repaired = []
    }

    /// Notes that the checkpoints are there, or that those of before still are.
    mutating func endCheckpoint(isWritten: Bool) {
        if isWritten { reusable += inCheckpoint } else { repaired += inCheckpoint }
        inCheckpoint = []
    }
}
