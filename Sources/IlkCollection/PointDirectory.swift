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
    }
    private let state = Mutex(State())

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

    /// Makes `ordinal` the point's; the one it had before is vacant from then on.
    func set(_ id: PointID, to entry: Entry) {
        state.withLock { state in
            let place = Int(entry.ordinal.rawValue)
            while state.ids.count <= place { state.ids.append(nil) }
            if let old = state.entries.updateValue(entry, forKey: id), old.ordinal != entry.ordinal {
                state.ids[Int(old.ordinal.rawValue)] = nil
            } else if case .string(let text) = id {
                state.stringBytes += text.utf8.count
            }
            state.ids[place] = id
        }
    }

    func remove(_ id: PointID) {
        state.withLock { state in
            guard let old = state.entries.removeValue(forKey: id) else { return }
            state.ids[Int(old.ordinal.rawValue)] = nil
            if case .string(let text) = id { state.stringBytes -= text.utf8.count }
        }
    }

    /// Heap bytes of the two tables, by their capacities; strings of up to 15 bytes lie inside them.
    var memoryBytes: Int {
        state.withLock { state in
            state.entries.capacity * (MemoryLayout<(PointID, Entry)>.stride + 1)
                + state.ids.capacity * MemoryLayout<PointID?>.stride + state.stringBytes
        }
    }
}
