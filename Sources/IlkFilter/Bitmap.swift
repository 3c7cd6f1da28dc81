import CRoaring
package import IlkVectors

/// A set of ordinals as a roaring bitmap (Lemire et al., 2016): exact, compact, and fast to combine.
///
/// A value type: copies share memory until one of them changes.
package struct Bitmap: Sendable {
    /// Owns the C library's bitmap.
    @safe private final class Storage: @unchecked Sendable {
        // Shared between copies only while nobody changes it: every change goes through `uniqueBitmap`.
        let bitmap: UnsafeMutablePointer<roaring_bitmap_t>

        init(_ bitmap: UnsafeMutablePointer<roaring_bitmap_t>?) {
            guard let bitmap = unsafe bitmap else { preconditionFailure("no memory for a bitmap") }
            unsafe self.bitmap = bitmap
        }

        deinit { unsafe roaring_bitmap_free(bitmap) }
    }

    private var storage: Storage

    private init(_ storage: Storage) { self.storage = storage }

    /// The empty set.
    package init() { storage = unsafe Storage(roaring_bitmap_create()) }

    /// The set of these ordinals, in any order.
    package init(_ ordinals: [UInt32]) {
        storage = unsafe Storage(roaring_bitmap_of_ptr(ordinals.count, ordinals))
    }

    /// The bitmap of this value alone.
    private mutating func makeUnique() {
        guard !isKnownUniquelyReferenced(&storage) else { return }
        storage = unsafe Storage(roaring_bitmap_copy(storage.bitmap))
    }

    package var count: Int { unsafe Int(roaring_bitmap_get_cardinality(storage.bitmap)) }
    package var isEmpty: Bool { unsafe roaring_bitmap_is_empty(storage.bitmap) }

    package func contains(_ ordinal: UInt32) -> Bool { unsafe roaring_bitmap_contains(storage.bitmap, ordinal) }

    package mutating func insert(_ ordinal: UInt32) {
        makeUnique()
        unsafe roaring_bitmap_add(storage.bitmap, ordinal)
    }

    package mutating func remove(_ ordinal: UInt32) {
        makeUnique()
        unsafe roaring_bitmap_remove(storage.bitmap, ordinal)
    }

    package mutating func formUnion(_ other: Bitmap) {
        makeUnique()
        unsafe roaring_bitmap_or_inplace(storage.bitmap, other.storage.bitmap)
    }

    package func intersection(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(Storage(roaring_bitmap_and(storage.bitmap, other.storage.bitmap)))
    }

    package func union(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(Storage(roaring_bitmap_or(storage.bitmap, other.storage.bitmap)))
    }

    package func subtracting(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(Storage(roaring_bitmap_andnot(storage.bitmap, other.storage.bitmap)))
    }

    /// How many ordinals both sets have, without making their intersection.
    package func intersectionCount(_ other: Bitmap) -> Int {
        unsafe Int(roaring_bitmap_and_cardinality(storage.bitmap, other.storage.bitmap))
    }

    /// Every ordinal, in order.
    package var ordinals: [UInt32] {
        let count = count
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            if count > 0 { unsafe roaring_bitmap_to_uint32_array(storage.bitmap, buffer.baseAddress) }
            filled = count
        }
    }

    /// The same set as one bit each, for a graph walk.
    package func ordinalSet(capacity: Int) -> OrdinalSet { OrdinalSet(capacity: capacity, ordinals: ordinals) }

    package var memoryBytes: Int { unsafe Int(roaring_bitmap_portable_size_in_bytes(storage.bitmap)) + 64 }
}

extension Bitmap: Equatable {
    package static func == (a: Bitmap, b: Bitmap) -> Bool {
        unsafe roaring_bitmap_equals(a.storage.bitmap, b.storage.bitmap)
    }
}
