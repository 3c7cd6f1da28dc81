import IlkVectors

/// The search of one segment: windows of documents, each scored from its rare terms down to its common ones.
///
/// MaxScore (Turtle & Flood, 1995) with the block maxima of Ding & Suel (2011), windowed as in Lucene 10. In a window,
/// terms are ordered by the most that they can add there. The first ones, without which no document can reach the
/// threshold, are added up document by document; the others are only looked up for documents that can still reach it.
struct SegmentSearch {
    let segment: Segment
    let scorer: Scorer
    let scratch: SearchScratch
    let admitted: OrdinalSet?
    /// Whether to leave out what cannot be among the best: false in tests, to compare with.
    let prunes: Bool
    private let drift: Float
    private var cursorCount = 0
    /// Postings whose share was computed.
    private(set) var scored = 0

    init(
        _ segment: Segment, terms: [WeightedTerm], scorer: Scorer, scratch: SearchScratch, admitted: OrdinalSet?,
        prunes: Bool
    ) {
        self.segment = segment
        self.scorer = scorer
        self.scratch = scratch
        self.admitted = admitted
        self.prunes = prunes
        drift = scorer.drift(since: segment.averages)
        for term in terms {
            if let place = segment.place(of: term.number) { addCursor(term, place: place) }
        }
    }

    private mutating func addCursor(_ term: WeightedTerm, place: Int) {
        let number = cursorCount
        cursorCount += 1
        let entry = segment.columns.entries[place]
        let documents = unsafe scratch.decoded + number * PostingBlock.size
        let count = Int(entry.count)
        if count > PostingBlock.size {
            let blocks = unsafe UnsafePointer(segment.columns.blocks.base + Int(entry.firstBlock))
            let cursor = unsafe PostingCursor(
                weight: term.weight, count: count, blocks: blocks,
                blockCount: (count + PostingBlock.size - 1) / PostingBlock.size, documents: documents)
            unsafe (scratch.cursors + number).initialize(to: cursor)
        } else {
            let single = unsafe scratch.singleBlocks + number
            unsafe single.initialize(
                to: Segment.Block(lastDocument: 0, offset: entry.offset, impact: entry.impact))
            let cursor = unsafe PostingCursor(
                weight: term.weight, count: count, blocks: single, blockCount: 1, documents: documents)
            unsafe (scratch.cursors + number).initialize(to: cursor)
            decode(0, of: number)
            unsafe single.pointee.lastDocument = documents[count - 1]
        }
    }

    mutating func run(into heap: inout HitHeap) {
        guard cursorCount > 0 else { return }
        var start = 0
        // Until k documents are known nothing can be left out: so the first windows are small.
        var size = SearchScratch.window / 16
        while start < segment.documentCount {
            let end = min(start + size, segment.documentCount)
            search(start..<end, into: &heap)
            start = end
            if size < SearchScratch.window { size *= 2 }
        }
    }

    // MARK: A window

    private mutating func search(_ window: Range<Int>, into heap: inout HitHeap) {
        let active = orderCursors(for: window)
        let threshold = prunes ? UInt64(heap.threshold) : 0
        guard active > 0, unsafe scratch.remaining[0] >= threshold, allow(window) else { return }
        // Those behind the last essential cursor cannot lift a document over the threshold together.
        var essential = active
        while essential > 1, unsafe scratch.remaining[essential - 1] < threshold { essential -= 1 }
        let total = unsafe scratch.remaining[0]
        for place in 0..<essential {
            accumulate(unsafe scratch.order[place], window, others: total, threshold: threshold)
        }
        var count = gather(window, reach: unsafe scratch.remaining[essential], threshold: threshold)
        for place in essential..<active {
            guard count > 0 else { return }
            let reach = unsafe scratch.remaining[place + 1]
            count = complete(unsafe scratch.order[place], count: count, reach: reach, threshold: threshold)
        }
        for place in 0..<count {
            let document = unsafe Int(scratch.candidates[place])
            let ordinal = segment.columns.ordinals[document]
            unsafe heap.insert(HitHeap.Hit(score: scratch.candidateScores[place], ordinal: ordinal))
        }
    }

    /// Moves every cursor to the window, and orders those that have something in it; returns how many.
    private func orderCursors(for window: Range<Int>) -> Int {
        var active = 0
        for number in 0..<cursorCount {
            let cursor = unsafe scratch.cursors + number
            var block = unsafe cursor.pointee.block
            let blocks = unsafe cursor.pointee.blocks
            let blockCount = unsafe cursor.pointee.blockCount
            while unsafe block < blockCount && Int(blocks[block].lastDocument) < window.lowerBound { block += 1 }
            unsafe cursor.pointee.block = block
            guard block < blockCount, firstDocument(ofBlock: block, of: number) < window.upperBound else { continue }
            var impact: Float = 0
            var end = block
            repeat {
                unsafe impact = max(impact, blocks[end].impact)
                end += 1
            } while unsafe end < blockCount && Int(blocks[end - 1].lastDocument) + 1 < window.upperBound
            unsafe cursor.pointee.blockEnd = end
            let bound = unsafe scorer.bound(weight: cursor.pointee.weight, impact: impact, drift: drift)
            unsafe cursor.pointee.bound = bound
            var place = active
            while unsafe place > 0 && scratch.cursors[scratch.order[place - 1]].bound < bound {
                unsafe scratch.order[place] = scratch.order[place - 1]
                place -= 1
            }
            unsafe scratch.order[place] = number
            active += 1
        }
        unsafe scratch.remaining[active] = 0
        for place in stride(from: active - 1, through: 0, by: -1) {
            let bound = unsafe UInt64(scratch.cursors[scratch.order[place]].bound)
            unsafe scratch.remaining[place] = scratch.remaining[place + 1] + bound
        }
        return active
    }

    /// Sets the bits of the documents that may be found; false if there is none.
    private func allow(_ window: Range<Int>) -> Bool {
        var union: UInt64 = 0
        let ordinals = unsafe segment.columns.ordinals.elements
        for word in 0..<SearchScratch.words {
            let first = window.lowerBound + word * 64
            guard first < window.upperBound else {
                unsafe scratch.allowed[word] = 0
                continue
            }
            var bits = ~segment.removedWord(first / 64)
            let count = window.upperBound - first
            if count < 64 { bits &= (1 << UInt64(count)) - 1 }
            if let admitted {
                var rest = bits
                while rest != 0 {
                    let bit = rest & (0 &- rest)
                    if unsafe !admitted.contains(ordinals[first + rest.trailingZeroBitCount]) { bits &= ~bit }
                    rest &= ~bit
                }
            }
            unsafe scratch.allowed[word] = bits
            union |= bits
        }
        return union != 0
    }

    /// Adds a term's shares to the scores of the window's documents.
    private mutating func accumulate(_ number: Int, _ window: Range<Int>, others total: UInt64, threshold: UInt64) {
        let cursor = unsafe scratch.cursors[number]
        for block in cursor.block..<cursor.blockEnd {
            let bound = unsafe scorer.bound(
                weight: cursor.weight, impact: cursor.blocks[block].impact, drift: drift)
            // Whoever is in this block cannot reach the threshold, not even with all that the other terms can add.
            if total - UInt64(cursor.bound) + UInt64(bound) < threshold { continue }
            let count = decode(block, of: number)
            var from = 0
            var to = count
            let documents = unsafe cursor.documents
            while unsafe from < to && Int(documents[from]) < window.lowerBound { from += 1 }
            while unsafe to > from && Int(documents[to - 1]) >= window.upperBound { to -= 1 }
            let shares = BlockShares(block: self.block(block, of: number), weight: cursor.weight, in: self)
            unsafe shares.add(documents, from..<to, windowStart: UInt32(window.lowerBound), to: scratch)
            scored += to - from
        }
    }

    /// Takes the scores out of the window; keeps those that can reach the threshold with `reach` more.
    private func gather(_ window: Range<Int>, reach: UInt64, threshold: UInt64) -> Int {
        var count = 0
        for word in 0..<SearchScratch.words {
            var bits = unsafe scratch.touched[word]
            unsafe scratch.touched[word] = 0
            while bits != 0 {
                let place = word * 64 + bits.trailingZeroBitCount
                bits &= bits - 1
                let score = unsafe scratch.scores[place]
                unsafe scratch.scores[place] = 0
                if UInt64(score) + reach >= threshold {
                    unsafe scratch.candidates[count] = UInt32(window.lowerBound + place)
                    unsafe scratch.candidateScores[count] = score
                    count += 1
                }
            }
        }
        return count
    }

    /// Adds a term's shares to the candidates, and drops those that cannot reach the threshold with `reach` more.
    private mutating func complete(_ number: Int, count: Int, reach: UInt64, threshold: UInt64) -> Int {
        let cursor = unsafe scratch.cursors[number]
        let candidates = unsafe scratch.candidates
        let scores = unsafe scratch.candidateScores
        var block = cursor.block
        var candidate = 0
        while candidate < count {
            let document = unsafe candidates[candidate]
            while unsafe block < cursor.blockEnd && cursor.blocks[block].lastDocument < document { block += 1 }
            guard block < cursor.blockEnd else { break }
            let last = unsafe cursor.blocks[block].lastDocument
            let bound = unsafe scorer.bound(weight: cursor.weight, impact: cursor.blocks[block].impact, drift: drift)
            // Who cannot reach the threshold with the most of this block either is dropped below, unread.
            let least = threshold - min(threshold, reach + UInt64(bound))
            var shares: BlockShares?
            var blockCount = 0
            var place = 0
            while unsafe candidate < count && candidates[candidate] <= last {
                let wanted = unsafe candidates[candidate]
                if unsafe UInt64(scores[candidate]) >= least {
                    if shares == nil {
                        blockCount = decode(block, of: number)
                        shares = BlockShares(block: self.block(block, of: number), weight: cursor.weight, in: self)
                    }
                    while unsafe place &+ 16 < blockCount && cursor.documents[place &+ 16] < wanted { place &+= 16 }
                    while unsafe place < blockCount && cursor.documents[place] < wanted { place &+= 1 }
                    if let shares, place < blockCount, unsafe cursor.documents[place] == wanted {
                        unsafe scores[candidate] += shares.share(of: wanted, at: place)
                        scored += 1
                    }
                }
                candidate += 1
            }
        }
        var kept = 0
        for place in 0..<count where unsafe UInt64(scores[place]) + reach >= threshold {
            unsafe candidates[kept] = candidates[place]
            unsafe scores[kept] = scores[place]
            kept += 1
        }
        return kept
    }

    // MARK: Blocks

    private func block(_ block: Int, of number: Int) -> PostingBlock {
        let cursor = unsafe scratch.cursors + number
        let offset = unsafe Int(cursor.pointee.blocks[block].offset)
        return unsafe PostingBlock(
            start: UnsafeRawPointer(segment.columns.data.base) + offset, count: cursor.pointee.count(ofBlock: block),
            fieldCount: segment.fieldCount)
    }

    private func firstDocument(ofBlock block: Int, of number: Int) -> Int {
        Int(self.block(block, of: number).firstDocument)
    }

    @discardableResult
    private func decode(_ block: Int, of number: Int) -> Int {
        let cursor = unsafe scratch.cursors + number
        if unsafe cursor.pointee.decoded != block {
            let packed = self.block(block, of: number)
            unsafe packed.documents(into: cursor.pointee.documents)
            unsafe cursor.pointee.decoded = block
            unsafe cursor.pointee.decodedCount = packed.count
        }
        return unsafe cursor.pointee.decodedCount
    }
}
