package import IlkVectors

/// A set of the collection's points that grows, one bit each: what is asked of every candidate of every channel.
package struct ItemSet: Sendable {
    private var words: [UInt64]
    package private(set) var count = 0

    /// An empty set; ordinals below `end` need no more memory.
    package init(end: Int) { words = [UInt64](repeating: 0, count: (end + 63) / 64) }

    package mutating func insert(_ ordinal: Ordinal) {
        let word = Int(ordinal.rawValue / 64), bit: UInt64 = 1 << UInt64(ordinal.rawValue % 64)
        while words.count <= word { words.append(0) }
        guard words[word] & bit == 0 else { return }
        words[word] |= bit
        count += 1
    }

    @inline(__always)
    package func contains(_ ordinal: Ordinal) -> Bool {
        let word = Int(ordinal.rawValue / 64)
        return word < words.count && words[word] & 1 << UInt64(ordinal.rawValue % 64) != 0
    }
}
