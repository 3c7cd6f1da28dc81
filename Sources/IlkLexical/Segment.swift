import IlkVectors
import Synchronization

/// The postings of some documents, which never change; documents are only marked as removed.
///
/// Inside, documents are numbered from 0 in the order in which they came; `ordinals` says which they are outside.
/// So an ordinal that is used again is another document here, and nothing of the old one can come back.
@safe final class Segment: Sendable {
    /// A term's postings.
    struct Entry: BitwiseCopyable, Sendable {
        /// Where its blocks begin in `data`.
        var offset: UInt32
        /// How many documents have it.
        var count: UInt32
        /// The largest pseudo-frequency in any document, at the averages of the time of writing.
        var impact: Float
        /// The first of its blocks in `blocks`, if there are more than 128 postings.
        var firstBlock: UInt32
    }

    /// One of several blocks of a term.
    struct Block: BitwiseCopyable, Sendable {
        var lastDocument: UInt32
        var offset: UInt32
        var impact: Float
    }

    /// What a segment is made of, and what a checkpoint stores.
    struct Columns: ~Copyable, Sendable {
        var ordinals = GrowingBuffer<UInt32>()
        /// Words by field, document by document.
        var lengths = GrowingBuffer<UInt32>()
        /// Numbers of the terms, ascending, and what belongs to each.
        var terms = GrowingBuffer<UInt32>()
        var entries = GrowingBuffer<Entry>()
        var blocks = GrowingBuffer<Block>()
        var data = GrowingBuffer<UInt8>()
        /// Where each document's list of terms ends in `forward`.
        var forwardEnds = GrowingBuffer<UInt32>()
        /// Each document's terms, ascending, as distances in 7 bits a byte: what a removal takes back.
        var forward = GrowingBuffer<UInt8>()

        var memoryBytes: Int {
            ordinals.memoryBytes + lengths.memoryBytes + terms.memoryBytes + entries.memoryBytes + blocks.memoryBytes
                + data.memoryBytes + forwardEnds.memoryBytes + forward.memoryBytes
        }
    }

    let columns: Columns
    let fieldCount: Int
    /// The average lengths that the impacts were computed with.
    let averages: [Float]
    // SAFETY: atomic words, allocated in init and freed in deinit.
    private nonisolated(unsafe) let removed: UnsafeMutablePointer<Atomic<UInt64>>
    private let removedNumber = Atomic<Int>(0)

    init(columns: consuming Columns, fieldCount: Int, averages: [Float]) {
        self.columns = columns
        self.fieldCount = fieldCount
        self.averages = averages
        let words = max(1, (self.columns.ordinals.count + 63) / 64)
        unsafe removed = .allocate(capacity: words)
        for word in 0..<words { unsafe (removed + word).initialize(to: Atomic(0)) }
    }

    deinit { unsafe removed.deallocate() }

    var documentCount: Int { columns.ordinals.count }
    var removedCount: Int { removedNumber.load(ordering: .relaxed) }
    var liveCount: Int { documentCount - removedCount }

    func isRemoved(_ document: Int) -> Bool {
        unsafe removed[document / 64].load(ordering: .relaxed) & 1 << UInt64(document % 64) != 0
    }

    /// Bit n is set where document 64 × `word` + n is removed.
    @inline(__always)
    func removedWord(_ word: Int) -> UInt64 { unsafe removed[word].load(ordering: .relaxed) }

    func remove(_ document: Int) {
        let bit: UInt64 = 1 << UInt64(document % 64)
        let old = unsafe removed[document / 64].bitwiseOr(bit, ordering: .relaxed).oldValue
        if old & bit == 0 { removedNumber.add(1, ordering: .relaxed) }
    }

    /// Where a term is among the segment's, or nil.
    func place(of term: UInt32) -> Int? {
        let terms = unsafe columns.terms.elements
        var low = 0
        var high = terms.count
        while low < high {
            let middle = (low + high) / 2
            if unsafe terms[middle] < term { low = middle + 1 } else { high = middle }
        }
        return unsafe low < terms.count && terms[low] == term ? low : nil
    }

    func lengths(of document: Int) -> UnsafePointer<UInt32> {
        precondition(document >= 0 && document < documentCount)
        return unsafe UnsafePointer(columns.lengths.base + document * fieldCount)
    }

    /// A document's terms, as they are stored.
    func forwardBytes(of document: Int) -> UnsafeBufferPointer<UInt8> {
        let start = document == 0 ? 0 : Int(columns.forwardEnds[document - 1])
        return unsafe UnsafeBufferPointer(
            rebasing: columns.forward.elements[start..<Int(columns.forwardEnds[document])])
    }

    /// Calls `body` with the number of each term of a document.
    func forEachTerm(of document: Int, _ body: (UInt32) -> Void) {
        var term: UInt32 = 0
        var part: UInt32 = 0
        var shift: UInt32 = 0
        let bytes = unsafe forwardBytes(of: document)
        for place in 0..<bytes.count {
            let byte = unsafe UInt32(bytes[place])
            part |= (byte & 127) << shift
            shift += 7
            guard byte < 128 else { continue }
            term &+= part
            body(term)
            part = 0
            shift = 0
        }
    }

    var memoryBytes: Int { columns.memoryBytes + (documentCount + 63) / 64 * 8 + 128 }
}
