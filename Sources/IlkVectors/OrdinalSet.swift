/// A fixed set of ordinals as one bit each: what a graph walk asks at every step.
///
/// A roaring bitmap answers `contains` in 10 to 20 ns, a flat one in about one; it is made once a search.
@safe package final class OrdinalSet: Sendable {
    /// Ordinals below this may be in the set.
    package let capacity: Int
    package let count: Int
    // SAFETY: allocated and filled in init, only read afterwards, freed in deinit.
    private nonisolated(unsafe) let words: UnsafeMutableBufferPointer<UInt64>

    /// The set whose bits `fill` sets in words that are all zero: ordinal `n` is bit `n % 64` of word `n / 64`.
    package init(capacity: Int, fill: (UnsafeMutableBufferPointer<UInt64>) -> Void) {
        self.capacity = capacity
        let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: (capacity + 63) / 64)
        unsafe words.initialize(repeating: 0)
        unsafe fill(words)
        var count = 0
        for place in 0..<words.count { count += unsafe words[place].nonzeroBitCount }
        self.count = count
        unsafe self.words = words
    }

    package convenience init(capacity: Int, ordinals: some Sequence<UInt32>) {
        unsafe self.init(capacity: capacity) { words in
            for ordinal in ordinals where Int(ordinal) < capacity {
                unsafe words[Int(ordinal) / 64] |= 1 << UInt64(ordinal % 64)
            }
        }
    }

    deinit { unsafe words.deallocate() }

    /// Whether the set has this ordinal; false beyond its capacity.
    @inline(__always)
    package func contains(_ ordinal: UInt32) -> Bool {
        // SAFETY: the word is inside the buffer because the ordinal is below the capacity.
        unsafe Int(ordinal) < capacity && words[Int(ordinal) / 64] & 1 << UInt64(ordinal % 64) != 0
    }

    /// Calls `body` with every ordinal, in order.
    package func forEach(_ body: (UInt32) -> Void) {
        for index in 0..<(capacity + 63) / 64 {
            var word = unsafe words[index]
            while word != 0 {
                body(UInt32(index * 64 + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
    }
}
