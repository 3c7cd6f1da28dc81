/// The K most similar of many items, for scans in which thousands are good enough at first.
///
/// Twice K and more are taken in before the worse half is dropped, in linear time (Hoare, "Algorithm 65: Find", 1961): with
/// hundreds of neighbors that is several times as fast as to keep them in order. Of equal ones, the lower number is better.
struct MostSimilar {
    private let count: Int
    private let room: Int
    /// Similarity and item in one number, the best the least.
    private var keys: [UInt64] = []
    /// Only what is more similar than this can enter.
    private(set) var bound: Float = 0

    init(_ count: Int) {
        self.count = count
        room = 2 * count + 256
        keys.reserveCapacity(room)
    }

    /// Forgets all items.
    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        bound = 0
    }

    /// Takes an item in.
    ///
    /// - Parameters:
    ///   - item: each item once.
    ///   - similarity: above 0.
    @inline(__always)
    mutating func insert(_ item: UInt32, _ similarity: Float) {
        // The bits of numbers above 0 are in their order.
        keys.append(UInt64(~similarity.bitPattern) << 32 | UInt64(item))
        if keys.count == room { select() }
    }

    /// The most similar items, numbers rising.
    mutating func finish() -> [(item: UInt32, similarity: Float)] {
        if keys.count > count { select() }
        return keys.map { (UInt32(truncatingIfNeeded: $0), Float(bitPattern: ~UInt32($0 >> 32))) }
            .sorted { $0.0 < $1.0 }
    }

    /// Drops all but the `count` least keys.
    private mutating func select() {
        var low = 0
        var high = keys.count - 1
        while low < high {
            let pivot = Self.median(keys[low], keys[(low + high) / 2], keys[high])
            var left = low
            var right = high
            while left <= right {
                while keys[left] < pivot { left += 1 }
                while keys[right] > pivot { right -= 1 }
                guard left <= right else { break }
                keys.swapAt(left, right)
                left += 1
                right -= 1
            }
            if count - 1 <= right { high = right } else if count - 1 >= left { low = left } else { break }
        }
        keys.removeSubrange(count...)
        let worst = keys.max() ?? .max
        // A higher number as similar as the worst could not enter; a lower one could.
        bound = Float(bitPattern: ~UInt32(worst >> 32)).nextDown
    }

    private static func median(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 { max(min(a, b), min(max(a, b), c)) }
}
