/// Numbers with distances, of which the nearest are wanted.
///
/// They are collected without order; now and then all but the nearest go, by quickselect. For hundreds of candidates out
/// of thousands that costs less than a pool that is always sorted.
@safe struct Ranking: ~Copyable {
    struct Entry {
        var distance: Float
        var number: UInt32
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var capacity: Int
    private(set) var count = 0
    private(set) var limit = 0
    /// The distance that a newcomer must be below.
    private(set) var bound = Float.infinity

    init() {
        capacity = 1_024
        unsafe entries = .allocate(capacity: capacity)
    }

    deinit { unsafe entries.deallocate() }

    /// Forgets all; `limit` of the nearest will be wanted.
    mutating func reset(limit: Int) {
        self.limit = max(limit, 1)
        count = 0
        bound = .infinity
    }

    subscript(place: Int) -> Entry { unsafe entries[place] }

    /// Adds the numbers from 0 with these distances.
    mutating func append(_ distances: UnsafePointer<Float>, count: Int) {
        while self.count + count > capacity { grow() }
        for number in 0..<count {
            unsafe entries[self.count + number] = Entry(distance: distances[number], number: UInt32(number))
        }
        self.count += count
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
        unsafe larger.moveInitialize(from: entries, count: count)
        unsafe entries.deallocate()
        unsafe entries = larger
        capacity *= 2
    }

    /// Adds those of `count` entries of a list that are wanted: the number at each place, with the place's distance.
    ///
    /// All but the nearest go where there are three times as many as wanted.
    @inline(__always)
    mutating func append(
        _ count: Int, at places: UnsafePointer<UInt32>, of numbers: UnsafePointer<UInt32>,
        distances: UnsafePointer<Float>, where isWanted: (UInt32) -> Bool
    ) {
        while self.count + count > capacity { grow() }
        var end = self.count
        for hit in 0..<count {
            let number = unsafe numbers[Int(places[hit])]
            guard isWanted(number) else { continue }
            unsafe entries[end] = Entry(distance: distances[hit], number: number)
            end += 1
        }
        self.count = end
        if end >= 3 * limit { keepNearest() }
    }

    /// Lets all but the nearest go.
    mutating func keepNearest() {
        guard count > limit else { return }
        var low = 0
        var high = count - 1
        let wanted = limit - 1
        let entries = unsafe entries
        while low < high {
            let pivot = unsafe entries[(low + high) / 2].distance
            var left = low
            var right = high
            while left <= right {
                while unsafe entries[left].distance < pivot { left += 1 }
                while unsafe entries[right].distance > pivot { right -= 1 }
                if left <= right {
                    let moved = unsafe entries[left]
                    unsafe entries[left] = entries[right]
                    unsafe entries[right] = moved
                    left += 1
                    right -= 1
                }
            }
            if wanted <= right { high = right } else if wanted >= left { low = left } else { break }
        }
        count = limit
        bound = -.infinity
        for place in 0..<count { unsafe bound = max(bound, entries[place].distance) }
    }

    /// Lets all but the nearest go and puts these in order.
    mutating func sortNearest() {
        keepNearest()
        var all = unsafe UnsafeMutableBufferPointer(start: entries, count: count)
        unsafe all.sort { $0.distance < $1.distance }
    }

    var memoryBytes: Int { capacity * MemoryLayout<Entry>.stride }
}
