/// Makes a segment: first its documents, then term by term its postings.
@safe struct SegmentBuilder: ~Copyable {
    private var columns = Segment.Columns()
    private let fieldCount: Int
    private let averages: [Float]
    private let scorer: Scorer
    private var entry = Segment.Entry(offset: 0, count: 0, impact: 0, firstBlock: 0)
    private var blockImpact: Float = 0
    private var lastDocument: UInt32 = 0
    private var waiting = 0
    private let documents: UnsafeMutablePointer<UInt32>
    private let frequencies: UnsafeMutablePointer<UInt32>

    init(fields: [LexicalField], parameters: BM25Parameters, averages: [Float]) {
        fieldCount = fields.count
        self.averages = averages
        scorer = Scorer(fields: fields, parameters: parameters, averages: averages)
        unsafe documents = .allocate(capacity: PostingBlock.size)
        unsafe frequencies = .allocate(capacity: PostingBlock.size * fields.count)
    }

    deinit {
        unsafe documents.deallocate()
        unsafe frequencies.deallocate()
    }

    var documentCount: Int { columns.ordinals.count }
    /// Bytes of postings so far: those of a segment must stay below 4 GiB.
    var dataBytes: Int { columns.data.count }

    /// Adds a document whose terms are already written as a segment stores them.
    mutating func addDocument(ordinal: UInt32, lengths: UnsafePointer<UInt32>, forward: UnsafeBufferPointer<UInt8>) {
        columns.ordinals.append(ordinal)
        unsafe columns.lengths.append(UnsafeBufferPointer(start: lengths, count: fieldCount))
        unsafe columns.forward.append(forward)
        columns.forwardEnds.append(UInt32(columns.forward.count))
    }

    /// Adds a document with these terms, ascending.
    mutating func addDocument(ordinal: UInt32, lengths: UnsafePointer<UInt32>, terms: UnsafeBufferPointer<UInt32>) {
        columns.ordinals.append(ordinal)
        unsafe columns.lengths.append(UnsafeBufferPointer(start: lengths, count: fieldCount))
        var before: UInt32 = 0
        for place in 0..<terms.count {
            var distance = unsafe terms[place] - before
            unsafe before = terms[place]
            while distance >= 128 {
                columns.forward.append(UInt8(truncatingIfNeeded: distance) | 128)
                distance >>= 7
            }
            columns.forward.append(UInt8(distance))
        }
        columns.forwardEnds.append(UInt32(columns.forward.count))
    }

    /// Begins the postings of a term; numbers ascend from term to term.
    mutating func beginTerm(_ term: UInt32) {
        columns.terms.append(term)
        entry = Segment.Entry(
            offset: UInt32(columns.data.count), count: 0, impact: 0, firstBlock: UInt32(columns.blocks.count))
    }

    /// Adds a posting, behind those of lower documents; `frequency` is asked for each field.
    @inline(__always)
    mutating func add(document: UInt32, frequency: (_ field: Int) -> UInt32) {
        if waiting == PostingBlock.size { flush(isLast: false) }
        unsafe documents[waiting] = document
        let lengths = unsafe columns.lengths.base + Int(document) * fieldCount
        var impact: Float = 0
        for field in 0..<fieldCount {
            let count = frequency(field)
            unsafe frequencies[field * PostingBlock.size + waiting] = count
            if count > 0 {
                unsafe impact += scorer.pseudoFrequency(field, count, length: lengths[field])
            }
        }
        blockImpact = max(blockImpact, impact)
        lastDocument = document
        waiting += 1
        entry.count += 1
    }

    /// Ends the postings of the term; one without any is as if it had not been begun.
    mutating func endTerm() {
        guard waiting > 0 else { return columns.terms.removeLast() }
        flush(isLast: true)
        columns.entries.append(entry)
    }

    private mutating func flush(isLast: Bool) {
        let hasTable = Int(entry.count) > PostingBlock.size || !isLast
        if hasTable {
            columns.blocks.append(
                Segment.Block(lastDocument: lastDocument, offset: UInt32(columns.data.count), impact: blockImpact))
        }
        unsafe PostingBlock.pack(
            documents: documents, frequencies: frequencies, count: waiting, fieldCount: fieldCount, into: &columns.data)
        entry.impact = max(entry.impact, blockImpact)
        blockImpact = 0
        waiting = 0
    }

    consuming func finish() -> Segment {
        columns.ordinals.shrink()
        columns.lengths.shrink()
        columns.terms.shrink()
        columns.entries.shrink()
        columns.blocks.shrink()
        columns.data.shrink()
        columns.forwardEnds.shrink()
        columns.forward.shrink()
        var finished = Segment.Columns()
        swap(&finished, &columns)
        return Segment(columns: finished, fieldCount: fieldCount, averages: averages)
    }
}
