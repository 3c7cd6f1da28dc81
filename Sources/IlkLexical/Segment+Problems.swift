extension Segment.Columns {
    /// What is wrong with columns that were read from a file; nil where a search may trust them.
    ///
    /// Checksums tell accidents; this keeps what has the right checksum and is no segment from being read out of bounds.
    borrowing func problem(fieldCount: Int, termCount: Int) -> String? {
        guard entries.count == terms.count, forwardEnds.count == ordinals.count else {
            return "its sections do not fit together"
        }
        return forwardProblem(termCount: termCount) ?? postingsProblem(fieldCount: fieldCount, termCount: termCount)
    }

    private borrowing func forwardProblem(termCount: Int) -> String? {
        var start = 0
        for document in 0..<ordinals.count {
            let end = Int(forwardEnds[document])
            guard end >= start, end <= forward.count else { return "a list of terms has no place" }
            var term: UInt64 = 0
            var part: UInt64 = 0
            var shift: UInt64 = 0
            for place in start..<end {
                let byte = UInt64(forward[place])
                part |= (byte & 127) << shift
                shift += 7
                guard shift <= 35 else { return "a list of terms has none" }
                guard byte < 128 else { continue }
                term += part
                guard term < UInt64(termCount) else { return "a document has a term that is none" }
                part = 0
                shift = 0
            }
            guard shift == 0 else { return "a list of terms ends in a term" }
            start = end
        }
        return start == forward.count ? nil : "there are terms of no document"
    }

    private borrowing func postingsProblem(fieldCount: Int, termCount: Int) -> String? {
        let buffer = UnsafeMutablePointer<UInt32>.allocate(capacity: PostingBlock.size)
        defer { unsafe buffer.deallocate() }
        for place in 0..<terms.count {
            guard Int(terms[place]) < termCount, place == 0 || terms[place] > terms[place - 1] else {
                return "its terms are not in order"
            }
            let entry = entries[place]
            let count = Int(entry.count)
            let blockCount = (count + PostingBlock.size - 1) / PostingBlock.size
            guard count > 0, blockCount == 1 || Int(entry.firstBlock) + blockCount <= blocks.count else {
                return "a term's blocks have no place"
            }
            var last = -1
            for number in 0..<blockCount {
                let block = blockCount == 1 ? nil : blocks[Int(entry.firstBlock) + number]
                let offset = Int(block?.offset ?? entry.offset)
                guard offset < data.count else { return "a block has no place" }
                let packed = unsafe PostingBlock(
                    start: UnsafeRawPointer(data.base) + offset,
                    count: min(PostingBlock.size, count - number * PostingBlock.size), fieldCount: fieldCount)
                guard packed.byteCount(limit: data.count - offset) != nil else { return "a block passes the end" }
                unsafe packed.documents(into: buffer)
                for posting in 0..<packed.count {
                    let document = unsafe Int(buffer[posting])
                    guard document > last, document < ordinals.count else { return "postings are not in order" }
                    last = document
                }
                if let block, Int(block.lastDocument) != last { return "a block ends elsewhere" }
            }
        }
        return nil
    }
}
