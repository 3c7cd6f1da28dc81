import Synchronization

/// The newest documents of an index, not yet packed: each with its list of terms.
///
/// One thread appends. Readers are told, under the index's lock, how many documents there are, and look at those only.
@safe final class Tail: Sendable {
    /// Documents until a segment is made of them: a search looks at each, which costs it some 20 µs.
    static let limit = 128

    let fieldCount: Int
    private let termCapacity: Int
    // SAFETY: allocated in init, freed in deinit; what is below a count that a reader was given does not change.
    nonisolated(unsafe) let ordinals: UnsafeMutablePointer<UInt32>
    nonisolated(unsafe) let lengths: UnsafeMutablePointer<UInt32>
    /// Where the terms of a document begin; one more than there are documents.
    nonisolated(unsafe) let starts: UnsafeMutablePointer<Int>
    nonisolated(unsafe) let terms: UnsafeMutablePointer<UInt32>
    /// The frequencies of a term by field, term by term.
    nonisolated(unsafe) let frequencies: UnsafeMutablePointer<UInt32>
    private let removedLow = Atomic<UInt64>(0)
    private let removedHigh = Atomic<UInt64>(0)

    init(fieldCount: Int, termCapacity: Int) {
        self.fieldCount = fieldCount
        self.termCapacity = termCapacity
        unsafe ordinals = .allocate(capacity: Self.limit)
        unsafe lengths = .allocate(capacity: Self.limit * fieldCount)
        unsafe starts = .allocate(capacity: Self.limit + 1)
        unsafe terms = .allocate(capacity: termCapacity)
        unsafe frequencies = .allocate(capacity: termCapacity * fieldCount)
        unsafe starts[0] = 0
    }

    deinit {
        unsafe ordinals.deallocate()
        unsafe lengths.deallocate()
        unsafe starts.deallocate()
        unsafe terms.deallocate()
        unsafe frequencies.deallocate()
    }

    func hasRoom(documents: Int, terms: Int) -> Bool {
        unsafe documents < Self.limit && starts[documents] + terms <= termCapacity
    }

    /// Adds a document behind `count` others; its terms ascend.
    func append(
        after count: Int, ordinal: UInt32, lengths: UnsafePointer<UInt32>, terms: UnsafeBufferPointer<UInt32>,
        frequencies: UnsafeBufferPointer<UInt32>
    ) {
        precondition(hasRoom(documents: count, terms: terms.count))
        let start = unsafe starts[count]
        unsafe ordinals[count] = ordinal
        unsafe (self.lengths + count * fieldCount).update(from: lengths, count: fieldCount)
        if let from = terms.baseAddress { unsafe (self.terms + start).update(from: from, count: terms.count) }
        if let from = frequencies.baseAddress {
            unsafe (self.frequencies + start * fieldCount).update(from: from, count: frequencies.count)
        }
        unsafe starts[count + 1] = start + terms.count
    }

    func termRange(of document: Int) -> Range<Int> { unsafe starts[document]..<starts[document + 1] }

    func isRemoved(_ document: Int) -> Bool {
        let word = document < 64 ? removedLow.load(ordering: .relaxed) : removedHigh.load(ordering: .relaxed)
        return word & 1 << UInt64(document % 64) != 0
    }

    func remove(_ document: Int) {
        let bit: UInt64 = 1 << UInt64(document % 64)
        if document < 64 {
            removedLow.bitwiseOr(bit, ordering: .relaxed)
        } else {
            removedHigh.bitwiseOr(bit, ordering: .relaxed)
        }
    }

    /// A segment of the first `count` documents, without the removed ones.
    func sealed(count: Int, fields: [LexicalField], parameters: BM25Parameters, averages: [Float]) -> Segment {
        var builder = SegmentBuilder(fields: fields, parameters: parameters, averages: averages)
        // Term in the high half, place in the low: sorted, they are the postings in order.
        var postings: [UInt64] = []
        var documentOfPlace = unsafe [UInt32](repeating: 0, count: starts[count])
        for document in 0..<count where !isRemoved(document) {
            let range = termRange(of: document)
            for place in range {
                unsafe postings.append(UInt64(terms[place]) << 32 | UInt64(place))
                documentOfPlace[place] = UInt32(builder.documentCount)
            }
            unsafe builder.addDocument(
                ordinal: ordinals[document], lengths: lengths + document * fieldCount,
                terms: UnsafeBufferPointer(start: terms + range.lowerBound, count: range.count))
        }
        postings.sort()
        var current: UInt32?
        for posting in postings {
            let term = UInt32(posting >> 32)
            if term != current {
                if current != nil { builder.endTerm() }
                builder.beginTerm(term)
                current = term
            }
            let place = Int(posting & 0xFFFF_FFFF)
            builder.add(document: documentOfPlace[place]) { field in
                unsafe frequencies[place * fieldCount + field]
            }
        }
        if current != nil { builder.endTerm() }
        return builder.finish()
    }

    var memoryBytes: Int { termCapacity * 4 * (1 + fieldCount) + Self.limit * 4 * (3 + fieldCount) }
}
