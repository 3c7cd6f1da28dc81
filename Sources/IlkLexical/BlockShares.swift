/// What a term adds to the scores of the documents in one of its blocks.
@safe struct BlockShares {
    private let block: PostingBlock
    private let weight: Float
    private let scorer: Scorer
    private let fieldCount: Int
    private let lengths: UnsafePointer<UInt32>
    // Of the first field, or the only one.
    private let frequencies: UnsafeRawPointer
    private let width: Int
    private let fieldWeight: Float
    private let scaledBase: Float
    private let scaledSlope: Float

    init(block: PostingBlock, weight: Float, in search: borrowing SegmentSearch) {
        self.block = block
        self.weight = weight
        scorer = search.scorer
        fieldCount = block.fieldCount
        unsafe lengths = UnsafePointer(search.segment.columns.lengths.base)
        unsafe (frequencies, width) = block.frequencies(of: 0)
        unsafe fieldWeight = scorer.weights[0]
        scaledBase = scorer.k1 * scorer.base
        unsafe scaledSlope = scorer.k1 * scorer.slopes[0]
    }

    /// The share of a document, which is at `place` of the block.
    @inline(__always)
    func share(of document: UInt32, at place: Int) -> UInt32 {
        if fieldCount == 1 {
            return unsafe Scorer.share(
                weight: weight, frequency: PackedIntegers.value(frequencies, width: width, at: place) &+ 1,
                length: lengths[Int(document)], fieldWeight: fieldWeight, scaledBase: scaledBase,
                scaledSlope: scaledSlope)
        }
        var pseudoFrequency: Float = 0
        for field in 0..<fieldCount {
            let (start, width) = unsafe block.frequencies(of: field)
            let frequency = unsafe width == 0 ? 0 : PackedIntegers.value(start, width: width, at: place)
            if frequency > 0 {
                unsafe pseudoFrequency += scorer.pseudoFrequency(
                    field, frequency, length: lengths[Int(document) * fieldCount + field])
            }
        }
        return scorer.share(weight: weight, pseudoFrequency: pseudoFrequency)
    }

    /// Adds the shares of some documents of the block, where they are allowed.
    @inline(__always)
    func add(
        _ documents: UnsafeMutablePointer<UInt32>, _ places: Range<Int>, windowStart: UInt32, to scratch: SearchScratch
    ) {
        let scores = unsafe scratch.scores
        let touched = unsafe scratch.touched
        let allowed = unsafe scratch.allowed
        for place in places {
            let document = unsafe documents[place]
            let local = Int(document &- windowStart)
            let bit: UInt64 = 1 &<< UInt64(local & 63)
            guard unsafe allowed[local >> 6] & bit != 0 else { continue }
            unsafe touched[local >> 6] |= bit
            unsafe scores[local] &+= share(of: document, at: place)
        }
    }
}
