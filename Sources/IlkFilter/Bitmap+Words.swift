import CRoaring
package import IlkVectors

/// Roaring bitmaps to and from flat bits, by way of the library's portable format.
///
/// Containers are copied whole: half a million ordinals of a million take tens of microseconds instead of the
/// milliseconds of one call each.
///
/// The format (github.com/RoaringBitmap/RoaringFormatSpec), all little-endian: a cookie; the number of containers;
/// with runs a bit for each container; key and cardinality − 1 of each as `UInt16`; without runs, or with 4 containers
/// and more, the offset of each; the containers: runs, up to 4,096 sorted `UInt16`, or 1,024 words.
private enum PortableFormat {
    static let cookieWithoutRuns: UInt32 = 12_346
    static let cookieWithRuns: UInt32 = 12_347
    static let fewestForOffsets = 4
    static let longestArray = 4_096
    static let wordsOfContainer = 1_024
}

extension Bitmap {
    /// The set whose ordinals are the bits that are set: ordinal `n` is bit `n % 64` of word `n / 64`.
    init(words: [UInt64]) {
        let containers = words.indices(by: PortableFormat.wordsOfContainer).compactMap { range in
            let count = words.countBits(in: range)
            return count == 0 ? nil : (range: range, count: count)
        }
        let header = 8 + containers.count * 8
        let size = containers.reduce(header) { $0 + ($1.count > PortableFormat.longestArray ? 8_192 : $1.count * 2) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            // SAFETY: every store is below `size`, which was summed over the same containers.
            let base = UnsafeMutableRawBufferPointer(buffer)
            unsafe base.storeBytes(of: PortableFormat.cookieWithoutRuns, toByteOffset: 0, as: UInt32.self)
            unsafe base.storeBytes(of: UInt32(containers.count), toByteOffset: 4, as: UInt32.self)
            var place = header
            for (index, (range, count)) in containers.enumerated() {
                let key = UInt16(range.lowerBound / PortableFormat.wordsOfContainer)
                unsafe base.storeBytes(of: key, toByteOffset: 8 + index * 4, as: UInt16.self)
                unsafe base.storeBytes(of: UInt16(count - 1), toByteOffset: 10 + index * 4, as: UInt16.self)
                let offsetPlace = 8 + containers.count * 4 + index * 4
                unsafe base.storeBytes(of: UInt32(place), toByteOffset: offsetPlace, as: UInt32.self)
                if count > PortableFormat.longestArray {
                    unsafe words[range].withUnsafeBytes { container in
                        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: base[place..<place + 8_192])
                        unsafe target.copyMemory(from: container)
                        // The last container may be a part of one.
                        for byte in container.count..<8_192 { unsafe target[byte] = 0 }
                    }
                    place += 8_192
                } else {
                    for word in range {
                        var bits = words[word]
                        while bits != 0 {
                            let low = UInt16((word - range.lowerBound) * 64 + bits.trailingZeroBitCount)
                            unsafe base.storeBytes(of: low, toByteOffset: place, as: UInt16.self)
                            place += 2
                            bits &= bits - 1
                        }
                    }
                }
            }
            filled = size
        }
        self = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Bitmap(
                Storage(
                    roaring_bitmap_portable_deserialize_safe(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count))
            )
        }
    }

    /// The same set as one bit each, for a graph walk; ordinals from `capacity` on are left out.
    package func ordinalSet(capacity: Int) -> OrdinalSet {
        let size = unsafe roaring_bitmap_portable_size_in_bytes(storage.bitmap)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            filled = unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe roaring_bitmap_portable_serialize(storage.bitmap, $0.baseAddress)
            }
        }
        return unsafe OrdinalSet(capacity: capacity) { words in
            unsafe bytes.withUnsafeBytes { unsafe Self.copy(portable: $0, into: words) }
            // The last word may reach beyond the capacity.
            if capacity % 64 != 0, let last = words.indices.last {
                unsafe words[last] &= (1 << UInt64(capacity % 64)) - 1
            }
        }
    }

    /// Sets the bits of a bitmap that the library serialized, as far as there are words.
    ///
    /// SAFETY: the bytes come from the library itself, so that offsets and lengths are inside them; every read is
    /// bounds-checked by the raw buffer all the same, and every word by its index.
    private static func copy(portable bytes: UnsafeRawBufferPointer, into words: UnsafeMutableBufferPointer<UInt64>) {
        func half(_ place: Int) -> Int { unsafe Int(bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)) }
        func whole(_ place: Int) -> UInt32 { unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
        let cookie = whole(0)
        let hasRuns = cookie & 0xFFFF == PortableFormat.cookieWithRuns
        let count = hasRuns ? Int(cookie >> 16) + 1 : Int(whole(4))
        let runFlags = 4
        let descriptions = hasRuns ? 4 + (count + 7) / 8 : 8
        var place = descriptions + count * 4
        if !hasRuns || count >= PortableFormat.fewestForOffsets { place += count * 4 }
        func set(_ word: Int, _ bits: UInt64) { if word < words.count { unsafe words[word] |= bits } }
        for index in 0..<count {
            let base = half(descriptions + index * 4) * PortableFormat.wordsOfContainer
            let size = half(descriptions + index * 4 + 2) + 1
            let flags = hasRuns ? unsafe bytes[runFlags + index / 8] : 0
            if flags & 1 << (index % 8) != 0 {
                let runs = half(place)
                for run in 0..<runs {
                    let start = half(place + 2 + run * 4)
                    for low in start...start + half(place + 4 + run * 4) { set(base + low / 64, 1 << UInt64(low % 64)) }
                }
                place += 2 + runs * 4
            } else if size > PortableFormat.longestArray {
                for word in 0..<PortableFormat.wordsOfContainer {
                    set(base + word, unsafe bytes.loadUnaligned(fromByteOffset: place + word * 8, as: UInt64.self))
                }
                place += 8_192
            } else {
                for element in 0..<size {
                    let low = half(place + element * 2)
                    set(base + low / 64, 1 << UInt64(low % 64))
                }
                place += size * 2
            }
        }
    }
}

extension [UInt64] {
    /// How many bits are set in some words; without a check for each, so that several are counted at once.
    fileprivate func countBits(in range: Range<Int>) -> Int {
        unsafe self[range].withUnsafeBufferPointer { words in
            var count: UInt64 = 0
            // SAFETY: the places are those of the buffer.
            for place in 0..<words.count { count &+= UInt64(unsafe words[place].nonzeroBitCount) }
            return Int(count)
        }
    }
}

extension Array {
    /// The indices in runs of `length`; the last may be shorter.
    fileprivate func indices(by length: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: length).map { $0..<Swift.min($0 + length, count) }
    }
}
