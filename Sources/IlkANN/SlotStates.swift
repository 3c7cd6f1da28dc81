import IlkVectors
import Synchronization

/// What a slot of an index holds.
enum SlotState: UInt8, Sendable {
    case vacant
    /// A live vector that is not in the graph.
    case pending
    /// A live vector in the graph.
    case linked
    /// A removed vector that the graph may link to.
    case removed
    /// A removed vector that the graph does not link to; a search may still be reading it.
    case retired

    var isLive: Bool { self == .pending || self == .linked }
}

/// The state of every slot, and how many there are of each kind.
@safe final class SlotStates: Sendable {
    let space: TrackedSpace
    private let capacity: Int
    private let endNumber = Atomic<Int>(0)
    private let live = Atomic<Int>(0)
    private let pending = Atomic<Int>(0)
    private let removed = Atomic<Int>(0)

    init(capacity: Int) throws(IndexError) {
        self.capacity = capacity
        space = try TrackedSpace(byteCount: capacity)
    }

    /// One more than the largest slot that was ever used.
    var end: Int { endNumber.load(ordering: .acquiring) }
    var liveCount: Int { live.load(ordering: .acquiring) }
    var pendingCount: Int { pending.load(ordering: .acquiring) }
    var removedCount: Int { removed.load(ordering: .acquiring) }

    @inline(__always)
    subscript(node: UInt32) -> SlotState {
        guard Int(node) < capacity else { return .vacant }
        return SlotState(rawValue: unsafe slots[Int(node)].load(ordering: .acquiring)) ?? .vacant
    }

    func set(_ node: UInt32, _ state: SlotState) {
        let old = SlotState(
            rawValue: unsafe slots[Int(node)].exchange(state.rawValue, ordering: .acquiringAndReleasing))
        space.noteWrite(at: Int(node), count: 1)
        if Int(node) >= end { endNumber.store(Int(node) + 1, ordering: .releasing) }
        guard old != state else { return }
        if state.isLive != (old?.isLive ?? false) { live.add(state.isLive ? 1 : -1, ordering: .releasing) }
        count(.pending, in: pending, from: old, to: state)
        count(.removed, in: removed, from: old, to: state)
    }

    private func count(_ kind: SlotState, in number: borrowing Atomic<Int>, from old: SlotState?, to new: SlotState) {
        if old == kind { number.subtract(1, ordering: .releasing) }
        if new == kind { number.add(1, ordering: .releasing) }
    }

    /// Counts a state that was copied in from a checkpoint, and returns it; nil where the byte is no state.
    func adopt(_ node: UInt32) -> SlotState? {
        guard let state = SlotState(rawValue: unsafe slots[Int(node)].load(ordering: .relaxed)) else { return nil }
        unsafe slots[Int(node)].store(SlotState.vacant.rawValue, ordering: .relaxed)
        set(node, state)
        return state
    }

    private var slots: UnsafeMutablePointer<Atomic<UInt8>> {
        // SAFETY: zeroed memory; a zero byte is an Atomic of 0.
        unsafe space.base.assumingMemoryBound(to: Atomic<UInt8>.self)
    }
}
