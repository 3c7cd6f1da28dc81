/// The nearest candidates met so far, sorted, at most `limit` of them: the `ef` list of HNSW as one flat array.
///
/// An entry carries whether it was expanded, so the same array is the frontier. Insertion moves what is farther by one
/// place: for the usual `ef` a few cache lines, cheaper than two heaps.
@safe struct CandidatePool: ~Copyable {
    struct Entry {
        var distance: Float
        /// The node, and whether its links were followed in the lowest bit.
        private var tagged: UInt32

        /// - Precondition: `node` is below 2³¹.
        @inline(__always)
        init(distance: Float, node: UInt32) {
            self.distance = distance
            tagged = node << 1
        }

        @inline(__always) var node: UInt32 { tagged >> 1 }
        @inline(__always) var isExpanded: Bool { tagged & 1 != 0 }
        @inline(__always) mutating func expand() { tagged |= 1 }
    }

    private(set) var entries: UnsafeMutablePointer<Entry>
    private var capacity: Int
    private(set) var limit = 0
    private(set) var count = 0

    init() {
        capacity = 256
        unsafe entries = .allocate(capacity: capacity + 1)
    }

    deinit { unsafe entries.deallocate() }

    mutating func reset(limit: Int) {
        if limit > capacity {
            unsafe entries.deallocate()
            capacity = limit
            unsafe entries = .allocate(capacity: capacity + 1)
        }
        self.limit = limit
        count = 0
    }

    /// The distance that a newcomer must be below.
    @inline(__always)
    var bound: Float { count < limit ? .infinity : unsafe entries[count - 1].distance }

    var isFull: Bool { count == limit }

    @inline(__always)
    subscript(place: Int) -> Entry { unsafe entries[place] }

    @inline(__always)
    mutating func expand(_ place: Int) { unsafe entries[place].expand() }

    /// Leaves the first `limit` that are wanted, and room for no more.
    mutating func keep(atMost limit: Int, where isWanted: (UInt32) -> Bool) {
        self.limit = limit
        let old = count
        count = 0
        for place in 0..<old where count < limit && isWanted(unsafe entries[place].node) {
            unsafe entries[count] = entries[place]
            count += 1
        }
    }

    /// Inserts a candidate below ``bound`` and returns its place.
    ///
    /// - Precondition: `distance < bound`, or the pool is not full.
    @inline(__always)
    mutating func insert(distance: Float, node: UInt32) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if unsafe entries[middle].distance <= distance { low = middle + 1 } else { high = middle }
        }
        let moved = min(count, limit - 1) - low
        if moved > 0 { unsafe (entries + low + 1).update(from: entries + low, count: moved) }
        unsafe entries[low] = Entry(distance: distance, node: node)
        if count < limit { count += 1 }
        return low
    }
}
