import Synchronization

/// What one search writes: the marks of visited nodes, the candidates, a batch of neighbors.
///
/// It is used again by later searches.
@safe final class Scratch {
    var pool = CandidatePool()
    /// Nodes still to be expanded where not every node may enter the pool.
    var frontier = Frontier()
    /// The unvisited neighbors of a node, and their distances.
    let batch: UnsafeMutablePointer<UInt32>
    let distances: UnsafeMutablePointer<Float>
    /// The inverted lists nearest to a query, and the entries in them.
    var lists = Ranking()
    var candidates = Ranking()
    /// The entries of one list that are near, and their distances.
    private(set) var places: UnsafeMutablePointer<UInt32>
    private(set) var placeDistances: UnsafeMutablePointer<Float>
    private var placeRoom = 0
    /// The nodes that a selection has kept so far.
    let kept: UnsafeMutablePointer<UInt32>
    private var marks: UnsafeMutablePointer<UInt16>
    private var markCount = 0
    private var epoch: UInt16 = 0
    private var leftOut: UInt32?
    let activity: Activity

    /// Neighbor lists and blocks of a scan fit into this many places.
    static let batchLimit = 512

    init(activity: Activity) {
        self.activity = activity
        unsafe batch = .allocate(capacity: Self.batchLimit)
        unsafe distances = .allocate(capacity: Self.batchLimit)
        unsafe kept = .allocate(capacity: Self.batchLimit)
        unsafe marks = .allocate(capacity: 0)
        unsafe places = .allocate(capacity: 0)
        unsafe placeDistances = .allocate(capacity: 0)
    }

    deinit {
        unsafe batch.deallocate()
        unsafe distances.deallocate()
        unsafe kept.deallocate()
        unsafe marks.deallocate()
        unsafe places.deallocate()
        unsafe placeDistances.deallocate()
    }

    /// Room for the entries of a list that are near.
    func makeRoom(forHits count: Int) {
        guard count > placeRoom else { return }
        unsafe places.deallocate()
        unsafe placeDistances.deallocate()
        placeRoom = 2 * count
        unsafe places = .allocate(capacity: placeRoom)
        unsafe placeDistances = .allocate(capacity: placeRoom)
    }

    /// Forgets what was visited; ordinals below `end` can be marked from now on.
    ///
    /// `leavingOut` counts as visited.
    func beginVisit(end: Int, leavingOut: UInt32? = nil) {
        leftOut = leavingOut
        defer { if let leavingOut { _ = visit(leavingOut) } }
        if end > markCount {
            unsafe marks.deallocate()
            markCount = max(end, markCount + markCount / 2)
            unsafe marks = .allocate(capacity: markCount)
            unsafe marks.initialize(repeating: 0, count: markCount)
            epoch = 0
        }
        epoch &+= 1
        if epoch == 0 {
            unsafe marks.update(repeating: 0, count: markCount)
            epoch = 1
        }
    }

    /// Begins the same visit again.
    func restartVisit() { beginVisit(end: markCount, leavingOut: leftOut) }

    /// Marks a node, and tells whether it was new; a node placed after the visit began is passed over.
    @inline(__always)
    func visit(_ node: UInt32) -> Bool {
        guard Int(node) < markCount, unsafe marks[Int(node)] != epoch else { return false }
        unsafe marks[Int(node)] = epoch
        return true
    }

    /// Puts those nodes of a list into the batch that are new, and marks them.
    ///
    /// Without branches, which would be guessed wrong half the time, and with what the loop needs in registers: a third
    /// of a walk's time went here before.
    ///
    /// - Returns: how many they are.
    @inline(__always)
    func gather(_ list: LinkList) -> Int {
        let marks = unsafe marks
        let limit = UInt32(truncatingIfNeeded: markCount)
        let epoch = epoch
        let batch = unsafe batch
        var count = 0
        for place in 0..<list.count {
            let node = list[place]
            guard node < limit else { continue }
            let old = unsafe marks[Int(node)]
            unsafe marks[Int(node)] = epoch
            unsafe batch[count] = node
            count &+= old == epoch ? 0 : 1
        }
        return count
    }

    @inline(__always)
    func wasVisited(_ node: UInt32) -> Bool { unsafe Int(node) < markCount && marks[Int(node)] == epoch }

    var memoryBytes: Int {
        markCount * 2 + Self.batchLimit * 12 + placeRoom * 8 + lists.memoryBytes + candidates.memoryBytes
    }
}

/// Since when a scratch's search has been running: read by whoever wants to reuse a slot.
final class Activity: Sendable {
    /// The gate's clock when the search began; 0 between searches.
    let since = Atomic<UInt64>(0)
}

/// Lends scratches to searches, and knows when every search that began before a moment has ended.
final class SearchGate: Sendable {
    private struct State {
        nonisolated(unsafe) var idle: [Scratch] = []
        var activities: [Activity] = []
        var memoryBytes = 0
    }
    private let state = Mutex(State())
    private let clock = Atomic<UInt64>(1)

    /// Runs one search with a scratch of its own.
    func search<R>(_ body: (Scratch) -> R) -> R {
        let scratch = take()
        scratch.activity.since.store(clock.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
        // With the fence of the waiting side: either that side sees this search, or this search sees no link that was
        // removed before the wait began.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        defer {
            scratch.activity.since.store(0, ordering: .sequentiallyConsistent)
            give(scratch)
        }
        return body(scratch)
    }

    /// Returns when every search that may have begun before this call has ended.
    func waitForEarlierSearches() {
        let now = clock.add(1, ordering: .sequentiallyConsistent).newValue
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        let activities = state.withLock { $0.activities }
        for activity in activities {
            while true {
                let since = activity.since.load(ordering: .sequentiallyConsistent)
                if since == 0 || since >= now { break }
                pauseBriefly()
            }
        }
    }

    var memoryBytes: Int { state.withLock { state in unsafe state.idle.reduce(0) { $0 + $1.memoryBytes } } }

    private func take() -> Scratch {
        // SAFETY: a scratch is in the list or with one search, never both; the lock hands it over.
        state.withLock { state in
            if let scratch = unsafe state.idle.popLast() { return scratch }
            let activity = Activity()
            state.activities.append(activity)
            return Scratch(activity: activity)
        }
    }

    private func give(_ scratch: Scratch) {
        nonisolated(unsafe) let scratch = scratch
        state.withLock { unsafe $0.idle.append(scratch) }
    }
}
