/// One term's postings in one segment, walked window by window.
@safe struct PostingCursor {
    let weight: Float
    /// How many postings there are in all.
    let count: Int
    let blocks: UnsafePointer<Segment.Block>
    let blockCount: Int
    /// Documents of the block that was decoded last.
    let documents: UnsafeMutablePointer<UInt32>
    /// The first block that reaches into the window, and the first behind the window.
    var block = 0
    var blockEnd = 0
    /// The most that any document of the window gets from this term.
    var bound: UInt32 = 0
    /// The number of the block in `documents`, or −1.
    var decoded = -1
    var decodedCount = 0

    func count(ofBlock block: Int) -> Int {
        min(PostingBlock.size, count - block * PostingBlock.size)
    }
}

/// Memory that one search works in.
@safe final class SearchScratch {
    /// Documents that are scored together.
    static let window = 4_096
    static let words = window / 64

    /// Scores of a window's documents; zero between windows.
    let scores: UnsafeMutablePointer<UInt32>
    /// Bits of the documents that have a score; zero between windows.
    let touched: UnsafeMutablePointer<UInt64>
    /// Bits of the documents that may be found.
    let allowed: UnsafeMutablePointer<UInt64>
    /// Candidates of a window: documents, and what they have so far.
    let candidates: UnsafeMutablePointer<UInt32>
    let candidateScores: UnsafeMutablePointer<UInt32>
    let cursors: UnsafeMutablePointer<PostingCursor>
    /// Cursors with something in the window, by falling bound; and for each the sum of its own and all later bounds.
    let order: UnsafeMutablePointer<Int>
    let remaining: UnsafeMutablePointer<UInt64>
    /// Decoded documents and, for lists of a single block, that block; one a cursor.
    let decoded: UnsafeMutablePointer<UInt32>
    let singleBlocks: UnsafeMutablePointer<Segment.Block>

    init(termCount: Int) {
        unsafe scores = .allocate(capacity: Self.window)
        unsafe scores.initialize(repeating: 0, count: Self.window)
        unsafe touched = .allocate(capacity: Self.words)
        unsafe touched.initialize(repeating: 0, count: Self.words)
        unsafe allowed = .allocate(capacity: Self.words)
        unsafe candidates = .allocate(capacity: Self.window)
        unsafe candidateScores = .allocate(capacity: Self.window)
        unsafe cursors = .allocate(capacity: termCount)
        unsafe order = .allocate(capacity: termCount)
        unsafe remaining = .allocate(capacity: termCount + 1)
        unsafe decoded = .allocate(capacity: termCount * PostingBlock.size)
        unsafe singleBlocks = .allocate(capacity: termCount)
    }

    deinit {
        unsafe scores.deallocate()
        unsafe touched.deallocate()
        unsafe allowed.deallocate()
        unsafe candidates.deallocate()
        unsafe candidateScores.deallocate()
        unsafe cursors.deallocate()
        unsafe order.deallocate()
        unsafe remaining.deallocate()
        unsafe decoded.deallocate()
        unsafe singleBlocks.deallocate()
    }
}
