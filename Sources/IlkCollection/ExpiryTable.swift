import Glibc
import IlkFilter
import IlkVectors
import Synchronization

/// When versions of points expire, and which have expired and are not deleted yet.
///
/// The writer changes it; every reader asks it what must not be found any more, which costs a look at one number as long as
/// nothing has expired. So a point is in no answer from its second on, though it is deleted only when there is time.
final class ExpiryTable: Sendable {
    private struct State {
        var times: [Ordinal: Int64] = [:]
        var coming = DeadlineQueue()
        var expired = Bitmap()
    }
    private let state = Mutex(State())
    /// The second from which on readers must look: `max` where no version has any, `min` while expired ones are there.
    private let nextLook = Atomic<Int64>(.max)
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    init(now: @escaping @Sendable () -> Int64 = { ExpiryTable.seconds() }) { self.now = now }

    /// Seconds since 1970, by the clock that callers read: `time` is some milliseconds behind it.
    static func seconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }

    /// Whether no version has an expiry.
    var isIdle: Bool { nextLook.load(ordering: .acquiring) == .max }

    /// The versions that have expired; nil where there are none.
    func expired() -> Bitmap? {
        let look = nextLook.load(ordering: .acquiring)
        guard look != .max else { return nil }
        let now = now()
        guard look <= now else { return nil }
        return state.withLock { state in
            while let first = state.coming.first, first.second <= now {
                state.coming.removeFirst()
                // A version whose expiry was changed stands there more than once.
                if state.times[first.ordinal] == first.second { state.expired.insert(first.ordinal.rawValue) }
            }
            noteNextLook(state)
            return state.expired.isEmpty ? nil : state.expired
        }
    }

    /// How long until the next version expires, in seconds; nil where none will.
    var secondsToNext: Int64? {
        state.withLock { $0.coming.first.map { max(0, $0.second - now()) } }
    }

    /// When a version expires; nil where it does not.
    func second(of ordinal: Ordinal) -> Int64? { isIdle ? nil : state.withLock { $0.times[ordinal] } }

    /// Sets when a version expires; nil is never.
    func set(_ second: Int64?, of ordinal: Ordinal) {
        if second == nil && isIdle { return }
        state.withLock { state in
            guard state.times[ordinal] != second else { return }
            state.expired.remove(ordinal.rawValue)
            state.times[ordinal] = second
            if let second { state.coming.insert(DeadlineQueue.Entry(second: second, ordinal: ordinal)) }
            // What was changed since is still in the queue: it is made anew before that is most of it.
            if state.coming.count > 1_024 + 2 * state.times.count {
                state.coming = DeadlineQueue(state.times.map { DeadlineQueue.Entry(second: $0.value, ordinal: $0.key) })
            }
            noteNextLook(state)
        }
    }

    private func noteNextLook(_ state: borrowing State) {
        let next: Int64 =
            if !state.expired.isEmpty { .min } else if state.times.isEmpty { .max } else {
                // Nobody looks before the first may have expired; without any in the queue, at the end of time.
                state.coming.first?.second ?? .max - 1
            }
        nextLook.store(next, ordering: .releasing)
    }

    /// Versions that have an expiry.
    var count: Int { isIdle ? 0 : state.withLock { $0.times.count } }

    /// Heap bytes, by the capacities of the tables.
    var memoryBytes: Int {
        state.withLock { state in
            state.times.capacity * (MemoryLayout<(Ordinal, Int64)>.stride + 1)
                + state.coming.memoryBytes + state.expired.memoryBytes
        }
    }
}

/// Versions by the second in which they expire, soonest first: a binary heap.
private struct DeadlineQueue {
    struct Entry {
        var second: Int64
        var ordinal: Ordinal
    }
    private var entries: [Entry] = []

    init() {}

    /// A queue of entries in any order.
    init(_ entries: [Entry]) { self.entries = entries.sorted { $0.second < $1.second } }

    var count: Int { entries.count }
    var first: Entry? { entries.first }
    var memoryBytes: Int { entries.capacity * MemoryLayout<Entry>.stride }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var place = entries.count - 1
        while place > 0, entries[place].second < entries[(place - 1) / 2].second {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
                if entries[child].second < entries[least].second { least = child }
            }
            guard least != place else { return }
            entries.swapAt(least, place)
            place = least
        }
    }
}
