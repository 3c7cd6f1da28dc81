/// Up to 128 postings of a term, packed.
///
///     1 byte            width of the distances between documents
///     1 byte a field    width of its frequencies
///     4 bytes           first document
///     packed            the distances of the others to the one before, less 1
///     packed, a field   frequencies; of an index with one field, less 1
///
/// A field in which the term does not occur in the whole block has the width 0 and takes no more bytes.
@safe struct PostingBlock {
    static let size = 128

    // SAFETY: lent by a segment for as long as it is searched or merged.
    let start: UnsafeRawPointer
    let count: Int
    let fieldCount: Int

    var firstDocument: UInt32 { unsafe start.loadUnaligned(fromByteOffset: 1 + fieldCount, as: UInt32.self) }

    /// Writes the documents of the block to a place for ``size`` of them.
    @inline(__always)
    func documents(into documents: UnsafeMutablePointer<UInt32>) {
        let width = unsafe Int(start.load(as: UInt8.self))
        let packed = unsafe start + (5 + fieldCount)
        var document = firstDocument
        unsafe documents[0] = document
        if width == 0 {
            for place in 1..<max(1, count) { unsafe documents[place] = document &+ UInt32(truncatingIfNeeded: place) }
            return
        }
        for place in 1..<max(1, count) {
            unsafe document = document &+ PackedIntegers.value(packed, width: width, at: place &- 1) &+ 1
            unsafe documents[place] = document
        }
    }

    /// Where the frequencies of each field are, and how wide.
    @inline(__always)
    func frequencies(of field: Int) -> (start: UnsafeRawPointer, width: Int) {
        var place = unsafe 5 + fieldCount + PackedIntegers.byteCount(count - 1, width: Int(start.load(as: UInt8.self)))
        for other in 0..<field {
            let width = unsafe Int(start.load(fromByteOffset: 1 + other, as: UInt8.self))
            place += PackedIntegers.byteCount(count, width: width)
        }
        return unsafe (start + place, Int(start.load(fromByteOffset: 1 + field, as: UInt8.self)))
    }

    /// How often the term occurs in a field of the document at `place`.
    @inline(__always)
    func frequency(of field: Int, at place: Int) -> UInt32 {
        let (start, width) = unsafe frequencies(of: field)
        let stored = unsafe width == 0 ? 0 : PackedIntegers.value(start, width: width, at: place)
        return fieldCount == 1 ? stored &+ 1 : stored
    }

    /// The bytes that a block takes whose header is here; nil where it would pass `limit`.
    func byteCount(limit: Int) -> Int? {
        guard limit >= 5 + fieldCount else { return nil }
        var total = 5 + fieldCount
        for place in 0...fieldCount {
            let width = unsafe Int(start.load(fromByteOffset: place, as: UInt8.self))
            guard width <= 32 else { return nil }
            total += PackedIntegers.byteCount(place == 0 ? count - 1 : count, width: width)
        }
        return total <= limit ? total : nil
    }

    /// Packs postings behind `bytes`; frequencies are field by field, ``size`` apart.
    ///
    /// The two buffers are used up: they hold other numbers afterwards.
    static func pack(
        documents: UnsafeMutablePointer<UInt32>, frequencies: UnsafeMutablePointer<UInt32>, count: Int, fieldCount: Int,
        into bytes: inout GrowingBuffer<UInt8>
    ) {
        let first = unsafe documents[0]
        for place in stride(from: count - 1, to: 0, by: -1) {
            unsafe documents[place] = documents[place] - documents[place - 1] - 1
        }
        let distances = unsafe UnsafeBufferPointer(start: documents + 1, count: count - 1)
        let distanceWidth = unsafe PackedIntegers.width(distances)
        bytes.append(UInt8(distanceWidth))
        if fieldCount == 1 {
            for place in 0..<count { unsafe frequencies[place] -= 1 }
        }
        for field in 0..<fieldCount {
            let values = unsafe UnsafeBufferPointer(start: frequencies + field * size, count: count)
            unsafe bytes.append(UInt8(PackedIntegers.width(values)))
        }
        for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: first >> UInt32(8 * byte))) }
        unsafe PackedIntegers.pack(distances, width: distanceWidth, into: &bytes)
        for field in 0..<fieldCount {
            let values = unsafe UnsafeBufferPointer(start: frequencies + field * size, count: count)
            unsafe PackedIntegers.pack(values, width: PackedIntegers.width(values), into: &bytes)
        }
    }
}
