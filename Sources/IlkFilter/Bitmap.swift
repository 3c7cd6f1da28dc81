import CRoaring

/// A set of ordinals as a roaring bitmap (Lemire et al., 2016): exact, compact, and fast to combine.
///
/// A value type: copies share memory until one of them changes.
package struct Bitmap: Sendable {
    /// Owns the C library's bitmap.
    @safe final class Storage: @unchecked Sendable {
        // Shared between copies only while nobody changes it: every change goes through `makeUnique`.
        let bitmap: UnsafeMutablePointer<roaring_bitmap_t>

        init(_ bitmap: UnsafeMutablePointer<roaring_bitmap_t>?) {
            guard let bitmap = unsafe bitmap else { preconditionFailure("no memory for a bitmap") }
            unsafe self.bitmap = bitmap
        }

        deinit { unsafe roaring_bitmap_free(bitmap) }
    }

    private(set) var storage: Storage

    init(_ storage: Storage) { self.storage = storage }

    /// The empty set.
    package init() { storage = unsafe Storage(roaring_bitmap_create()) }

    /// The set of these ordinals, in any order; ascending order is fastest.
    package init(_ ordinals: [UInt32]) {
        storage = unsafe Storage(roaring_bitmap_of_ptr(ordinals.count, ordinals))
    }

    /// Every ordinal of a range.
    package init(_ range: Range<UInt32>) {
        self.init()
        insert(range)
    }

    private mutating func makeUnique() {
        guard !isKnownUniquelyReferenced(&storage) else { return }
        storage = unsafe Storage(roaring_bitmap_copy(storage.bitmap))
    }

    // MARK: Questions

    package var count: Int { unsafe Int(roaring_bitmap_get_cardinality(storage.bitmap)) }
    package var isEmpty: Bool { unsafe roaring_bitmap_is_empty(storage.bitmap) }
    /// The least ordinal; nil in the empty set.
    package var first: UInt32? { isEmpty ? nil : unsafe roaring_bitmap_minimum(storage.bitmap) }
    /// The greatest ordinal; nil in the empty set.
    package var last: UInt32? { isEmpty ? nil : unsafe roaring_bitmap_maximum(storage.bitmap) }

    package func contains(_ ordinal: UInt32) -> Bool { unsafe roaring_bitmap_contains(storage.bitmap, ordinal) }

    /// How many ordinals both sets have, without making their intersection.
    package func intersectionCount(_ other: Bitmap) -> Int {
        unsafe Int(roaring_bitmap_and_cardinality(storage.bitmap, other.storage.bitmap))
    }

    /// The least ordinals, ascending.
    package func prefix(_ limit: Int) -> [UInt32] {
        let count = min(limit, count)
        guard count > 0 else { return [] }
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe _ = roaring_bitmap_range_uint32_array(storage.bitmap, 0, count, buffer.baseAddress)
            filled = count
        }
    }

    /// Every ordinal, ascending.
    package var ordinals: [UInt32] {
        let count = count
        guard count > 0 else { return [] }
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe roaring_bitmap_to_uint32_array(storage.bitmap, buffer.baseAddress)
            filled = count
        }
    }

    /// Up to `limit` ordinals from `start` on, ascending: a page of a scroll, whose next page starts after its last.
    ///
    /// - Complexity: O(`limit`), and the logarithm of the size to find the start.
    package func ordinals(from start: UInt32, limit: Int) -> [UInt32] {
        let limit = min(limit, count)
        guard limit > 0 else { return [] }
        var iterator = unsafe roaring_uint32_iterator_t()
        unsafe roaring_init_iterator(storage.bitmap, &iterator)
        guard unsafe roaring_move_uint32_iterator_equalorlarger(&iterator, start) else { return [] }
        return unsafe [UInt32](unsafeUninitializedCapacity: limit) { buffer, filled in
            // SAFETY: the library writes no more than `limit` numbers and returns how many; the bitmap outlives this.
            filled = unsafe Int(roaring_read_uint32_iterator(&iterator, buffer.baseAddress, UInt32(clamping: limit)))
        }
    }

    // MARK: Changes

    package mutating func insert(_ ordinal: UInt32) {
        makeUnique()
        unsafe roaring_bitmap_add(storage.bitmap, ordinal)
    }

    package mutating func insert(_ range: Range<UInt32>) {
        guard let last = range.last else { return }
        makeUnique()
        unsafe roaring_bitmap_add_range_closed(storage.bitmap, range.lowerBound, last)
    }

    package mutating func remove(_ ordinal: UInt32) {
        makeUnique()
        unsafe roaring_bitmap_remove(storage.bitmap, ordinal)
    }

    /// Packs long runs, as in a set that has nearly every ordinal: less memory, and slower changes.
    package mutating func optimizeRuns() {
        makeUnique()
        unsafe _ = roaring_bitmap_run_optimize(storage.bitmap)
        unsafe _ = roaring_bitmap_shrink_to_fit(storage.bitmap)
    }

    package mutating func formUnion(_ other: Bitmap) {
        makeUnique()
        unsafe roaring_bitmap_or_inplace(storage.bitmap, other.storage.bitmap)
    }

    package mutating func formIntersection(_ other: Bitmap) {
        makeUnique()
        unsafe roaring_bitmap_and_inplace(storage.bitmap, other.storage.bitmap)
    }

    package mutating func subtract(_ other: Bitmap) {
        makeUnique()
        unsafe roaring_bitmap_andnot_inplace(storage.bitmap, other.storage.bitmap)
    }

    // MARK: Combinations

    package func intersection(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(Storage(roaring_bitmap_and(storage.bitmap, other.storage.bitmap)))
    }

    package func union(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(Storage(roaring_bitmap_or(storage.bitmap, other.storage.bitmap)))
    }

    /// The union of any number of sets: one pass, where one after another would repair counts each time.
    static func union(of bitmaps: [Bitmap]) -> Bitmap {
        var pointers = unsafe bitmaps.map { unsafe UnsafePointer<roaring_bitmap_t>?($0.storage.bitmap) }
        // SAFETY: the pointers belong to storage that `bitmaps` holds until the library has made a bitmap of its own.
        return withExtendedLifetime(bitmaps) {
            unsafe Bitmap(Storage(roaring_bitmap_or_many(pointers.count, &pointers)))
        }
    }

    package func subtracting(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(Storage(roaring_bitmap_andnot(storage.bitmap, other.storage.bitmap)))
    }

    /// Heap bytes, as the containers' contents and what surrounds them.
    package var memoryBytes: Int { unsafe Int(roaring_bitmap_portable_size_in_bytes(storage.bitmap)) + 128 }
}

extension Bitmap: Equatable {
    package static func == (a: Bitmap, b: Bitmap) -> Bool {
        unsafe roaring_bitmap_equals(a.storage.bitmap, b.storage.bitmap)
    }
}
