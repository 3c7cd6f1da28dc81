/// The bitmaps of filters that were asked lately, as long as nothing changes that they depend on.
///
/// Whoever changes a payload or the set of live ordinals empties it, behind the lock that guards both: so what is in it
/// is always of this moment. The least recently used goes first.
package struct FilterCache: Sendable {
    /// Filters that are kept at most.
    package static let longest = 128
    /// Bytes of bitmaps and filters that are kept at most.
    package static let mostBytes = 32 << 20

    private struct Entry {
        let bitmap: Bitmap
        let bytes: Int
        var lastUse: UInt64
    }

    private var entries: [FilterKey: Entry] = [:]
    private var uses: UInt64 = 0
    /// Heap bytes of filters and bitmaps; nothing while it is empty.
    package private(set) var memoryBytes = 0

    package init() {}

    package var count: Int { entries.count }

    /// What passes a filter; nil where that is not known.
    package mutating func bitmap(of key: FilterKey) -> Bitmap? {
        guard let place = entries.index(forKey: key) else { return nil }
        uses += 1
        entries.values[place].lastUse = uses
        return entries.values[place].bitmap
    }

    /// Keeps what passes a filter, and lets go of what was not used for longest.
    package mutating func insert(_ bitmap: Bitmap, of key: FilterKey) {
        let bytes = bitmap.memoryBytes + key.memoryBytes + MemoryLayout<FilterKey>.stride + MemoryLayout<Entry>.stride
        remove(key)
        guard bytes <= Self.mostBytes else { return }
        while entries.count >= Self.longest || memoryBytes + bytes > Self.mostBytes,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            remove(oldest.key)
        }
        uses += 1
        entries[key] = Entry(bitmap: bitmap, bytes: bytes, lastUse: uses)
        memoryBytes += bytes
    }

    private mutating func remove(_ key: FilterKey) {
        guard let old = entries.removeValue(forKey: key) else { return }
        memoryBytes -= old.bytes
    }

    /// Forgets everything: a payload or the set of live ordinals is about to change.
    package mutating func removeAll() {
        guard !entries.isEmpty else { return }
        entries = [:]
        memoryBytes = 0
    }
}
