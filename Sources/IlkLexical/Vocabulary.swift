import IlkVectors

/// The terms of an index, numbered in the order in which they were first seen.
///
/// Common words are seen early and have small numbers, which the lists of a document's terms profit from. A term keeps
/// its number for the index's life. Not for several threads at once: the index has a lock around it.
struct Vocabulary: ~Copyable {
    /// Longer terms are cut: nobody types them, and a megabyte of one letter should not be a term.
    static let longestTerm = 120

    private var bytes = GrowingBuffer<UInt8>()
    /// Where a term's bytes begin; one more than there are terms.
    private var starts = GrowingBuffer<UInt32>()
    private var hashes = GrowingBuffer<UInt32>()
    /// Live documents that have the term.
    private(set) var frequencies = GrowingBuffer<UInt32>()
    /// Open addressing: the term's number + 1, 0 for an empty slot; a power of two, at most half full.
    private var slots = GrowingBuffer<UInt32>(repeating: 0, count: 1_024)

    init() { starts.append(0) }

    var count: Int { hashes.count }

    /// The number of a term, or nil where no document ever had it.
    func find(_ term: UnsafeBufferPointer<UInt8>) -> UInt32? {
        let hash = unsafe Self.hash(term)
        let slot = unsafe slot(of: term, hash: hash)
        return slots[slot] == 0 ? nil : slots[slot] - 1
    }

    /// The number of a term, which gets one if it has none yet; nil where there is no room for more.
    mutating func intern(_ term: UnsafeBufferPointer<UInt8>) -> UInt32? {
        let hash = unsafe Self.hash(term)
        let slot = unsafe slot(of: term, hash: hash)
        if slots[slot] != 0 { return slots[slot] - 1 }
        let number = count
        guard number < Int(UInt32.max) - 1, bytes.count + term.count <= Int(UInt32.max) else { return nil }
        unsafe bytes.append(term)
        starts.append(UInt32(bytes.count))
        hashes.append(hash)
        frequencies.append(0)
        slots[slot] = UInt32(number) + 1
        if count * 2 > slots.count { rehash() }
        return UInt32(number)
    }

    func term(_ number: UInt32) -> UnsafeBufferPointer<UInt8> {
        let start = Int(starts[Int(number)])
        let end = Int(starts[Int(number) + 1])
        return unsafe UnsafeBufferPointer(rebasing: bytes.elements[start..<end])
    }

    func frequency(_ number: UInt32) -> Int { Int(frequencies[Int(number)]) }

    func find(_ term: String) -> UInt32? {
        var term = term
        return term.withUTF8 { unsafe find($0) }
    }

    /// Live documents that have a term.
    func frequency(of term: String) -> Int { find(term).map { frequency($0) } ?? 0 }

    /// One more live document, or one less, has the term.
    mutating func count(_ number: UInt32, _ difference: Int) {
        frequencies[Int(number)] = UInt32(clamping: Int(frequencies[Int(number)]) + difference)
    }

    private static func hash(_ term: UnsafeBufferPointer<UInt8>) -> UInt32 {
        unsafe UInt32(truncatingIfNeeded: Checksum.xxh3(UnsafeRawBufferPointer(term)))
    }

    private func slot(of term: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            let number = Int(slots[slot] - 1)
            if hashes[number] == hash {
                let other = unsafe self.term(UInt32(number))
                if unsafe other.elementsEqual(term) { break }
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func rehash() {
        var size = slots.count
        while size < count * 2 { size *= 2 }
        if size == slots.count { size *= 2 }
        slots = GrowingBuffer(repeating: 0, count: size)
        for number in 0..<count {
            var slot = Int(hashes[number]) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(number) + 1
        }
    }

    var memoryBytes: Int {
        bytes.memoryBytes + starts.memoryBytes + hashes.memoryBytes + frequencies.memoryBytes + slots.memoryBytes
    }

    // MARK: Checkpoints

    /// Lends the bytes of all terms, where each begins, and how many documents have it.
    func withSections<R>(
        _ body: (
            _ terms: UnsafeRawBufferPointer, _ starts: UnsafeRawBufferPointer, _ frequencies: UnsafeRawBufferPointer
        )
            -> R
    ) -> R {
        unsafe body(bytes.bytes, starts.bytes, frequencies.bytes)
    }

    /// The vocabulary whose sections these are; nil where they are none.
    init?(terms: UnsafeRawBufferPointer, starts: UnsafeRawBufferPointer, frequencies: UnsafeRawBufferPointer) {
        self.init()
        let count = starts.count / 4 - 1
        guard count >= 0, frequencies.count == count * 4, unsafe starts.load(as: UInt32.self) == 0 else { return nil }
        var start = 0
        for number in 0..<count {
            let end = unsafe Int(starts.load(fromByteOffset: (number + 1) * 4, as: UInt32.self))
            guard end > start, end <= terms.count else { return nil }
            let term = unsafe UnsafeRawBufferPointer(rebasing: terms[start..<end])
            let interned = unsafe term.withMemoryRebound(to: UInt8.self) { unsafe intern($0) }
            // A term that is there twice would shift the numbers of all that follow.
            guard interned == UInt32(number) else { return nil }
            self.frequencies[number] = unsafe frequencies.load(fromByteOffset: number * 4, as: UInt32.self)
            start = end
        }
        guard start == terms.count else { return nil }
    }
}
