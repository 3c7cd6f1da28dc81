import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// Which point is which ordinal, in memory: the writer changes it, every search reads it.
final class PointDirectory: Sendable {
    /// What is known of a live point without SQLite.
    struct Entry: Equatable {
        var ordinal: Ordinal
        /// Bit `n` is set where the point has a vector in field `n`.
        var fields: UInt64
    }

    private struct State {
        var entries: [PointID: Entry] = [:]
        var ids: [PointID?] = []
        var stringBytes = 0
        /// The ids that came, went or got another ordinal last, a ring: number `n` of them stands at `n % movesKept`.
        var moved: [PointID] = []
        var moveCount: UInt64 = 0

        mutating func noteMove(of id: PointID) {
            if moved.count < PointDirectory.movesKept {
                moved.append(id)
            } else {
                moved[Int(moveCount % UInt64(PointDirectory.movesKept))] = id
            }
            moveCount += 1
        }
    }
    private let state = Mutex(State())

    /// Moves that are remembered: who follows them and falls behind further reads everything again.
    private static let movesKept = 4_096

    var count: Int { state.withLock { $0.entries.count } }

    /// One more than the largest ordinal that was ever set.
    var endOrdinal: UInt32 { state.withLock { UInt32($0.ids.count) } }

    func entry(of id: PointID) -> Entry? { state.withLock { $0.entries[id] } }

    func entries(of ids: [PointID]) -> [Entry?] { state.withLock { state in ids.map { state.entries[$0] } } }

    /// The ids of `ordinals`, in order; nil where the point is gone or has a newer ordinal.
    func ids(of ordinals: some Sequence<Ordinal>) -> [PointID?] {
        state.withLock { state in
            ordinals.map { Int($0.rawValue) < state.ids.count ? state.ids[Int($0.rawValue)] : nil }
        }
    }

    /// Ordinals of live points, in order.
    func liveOrdinals() -> [Ordinal] {
        state.withLock { state in
            state.ids.indices.filter { state.ids[$0] != nil }.map { Ordinal(UInt32($0)) }
        }
    }

    /// Notes which points have a vector in a field.
    func setBit(of field: Int, where hasVector: (Ordinal) -> Bool) {
        let bit: UInt64 = 1 << UInt64(field)
        state.withLock { state in
            for (id, entry) in state.entries where hasVector(entry.ordinal) != (entry.fields & bit != 0) {
                state.entries[id]?.fields = entry.fields ^ bit
            }
        }
    }

    /// Ordinals below ``endOrdinal`` that no live point has.
    func vacantOrdinals() -> [Ordinal] {
        state.withLock { state in
            state.ids.indices.filter { state.ids[$0] == nil }.map { Ordinal(UInt32($0)) }
        }
    }

    /// Makes room for so many points, which is half of the time that it takes to set a million.
    func reserve(_ count: Int) {
        state.withLock { state in
            state.entries.reserveCapacity(count)
            state.ids.reserveCapacity(count)
        }
    }

    /// Makes `ordinal` the point's; the one it had before is vacant from then on.
    func set(_ id: PointID, to entry: Entry) {
        state.withLock { state in
            let place = Int(entry.ordinal.rawValue)
            while state.ids.count <= place { state.ids.append(nil) }
            let old = state.entries.updateValue(entry, forKey: id)
            if let old, old.ordinal != entry.ordinal {
                state.ids[Int(old.ordinal.rawValue)] = nil
            } else if case .string(let text) = id {
                state.stringBytes += Self.heapBytes(of: text)
            }
            state.ids[place] = id
            if old?.ordinal != entry.ordinal { state.noteMove(of: id) }
        }
    }

    func remove(_ id: PointID) {
        state.withLock { state in
            guard let old = state.entries.removeValue(forKey: id) else { return }
            state.ids[Int(old.ordinal.rawValue)] = nil
            if case .string(let text) = id { state.stringBytes -= Self.heapBytes(of: text) }
            state.noteMove(of: id)
        }
    }

    /// How many moves there were, and which ids moved since there were `count`, some perhaps twice; nil for the ids where
    /// not all of them are remembered.
    func moves(since count: UInt64) -> (count: UInt64, ids: [PointID]?) {
        state.withLock { state in
            guard count <= state.moveCount, state.moveCount - count <= UInt64(state.moved.count) else {
                return (state.moveCount, nil)
            }
            let ids = (count..<state.moveCount).map { state.moved[Int($0 % UInt64(Self.movesKept))] }
            return (state.moveCount, ids)
        }
    }

    /// What a string takes beside its own 16 bytes: up to 15 bytes of text lie in these.
    private static func heapBytes(of text: String) -> Int {
        let count = text.utf8.count
        return count > 15 ? (32 + count + 1 + 15) / 16 * 16 : 0
    }

    /// Heap bytes of the tables, by their capacities, and of the strings in them.
    ///
    /// A dictionary keeps a quarter of its places empty.
    var memoryBytes: Int {
        state.withLock { state in
            state.entries.capacity * 4 / 3 * (MemoryLayout<PointID>.stride + MemoryLayout<Entry>.stride)
                + (state.ids.capacity + state.moved.capacity) * MemoryLayout<PointID?>.stride + state.stringBytes
        }
    }
}
