/// Makes one segment of several, a bounded step at a time; removed documents are left out.
struct SegmentMerge: ~Copyable {
    let inputs: [Segment]
    private var builder: SegmentBuilder
    /// For each input the new numbers of its documents; `dropped` for those that were removed before the merge began.
    private let numbers: [[UInt32]]
    /// How far each input's terms are merged.
    private var places: [Int]

    private static let dropped = UInt32.max

    init(_ inputs: [Segment], fields: [LexicalField], parameters: BM25Parameters, averages: [Float]) {
        self.inputs = inputs
        builder = SegmentBuilder(fields: fields, parameters: parameters, averages: averages)
        places = Array(repeating: 0, count: inputs.count)
        var numbers: [[UInt32]] = []
        for segment in inputs {
            var own = [UInt32](repeating: Self.dropped, count: segment.documentCount)
            for document in own.indices where !segment.isRemoved(document) {
                own[document] = UInt32(builder.documentCount)
                unsafe builder.addDocument(
                    ordinal: segment.columns.ordinals[document], lengths: segment.lengths(of: document),
                    forward: segment.forwardBytes(of: document))
            }
            numbers.append(own)
        }
        self.numbers = numbers
    }

    /// Whether the inputs are small enough to be one segment, whose offsets are 32 bits wide.
    static func fits(_ inputs: [Segment]) -> Bool {
        let data = inputs.reduce(0) { $0 + $1.columns.data.count }
        let forward = inputs.reduce(0) { $0 + $1.columns.forward.count }
        return max(data, forward) < 1 << 31
    }

    /// Merges terms until so many postings were seen; true when all are merged.
    mutating func advance(postings: Int) -> Bool {
        var left = postings
        let buffer = UnsafeMutablePointer<UInt32>.allocate(capacity: PostingBlock.size)
        defer { unsafe buffer.deallocate() }
        while left > 0 {
            var term = UInt32.max
            for (input, segment) in inputs.enumerated() where places[input] < segment.columns.terms.count {
                term = min(term, segment.columns.terms[places[input]])
            }
            guard term != UInt32.max else { return true }
            builder.beginTerm(term)
            for input in inputs.indices where places[input] < inputs[input].columns.terms.count {
                guard inputs[input].columns.terms[places[input]] == term else { continue }
                left -= unsafe merge(places[input], of: input, through: buffer)
                places[input] += 1
            }
            builder.endTerm()
        }
        return false
    }

    private mutating func merge(_ place: Int, of input: Int, through documents: UnsafeMutablePointer<UInt32>) -> Int {
        let segment = inputs[input]
        let entry = segment.columns.entries[place]
        let count = Int(entry.count)
        for first in stride(from: 0, to: count, by: PostingBlock.size) {
            let offset =
                count > PostingBlock.size
                ? segment.columns.blocks[Int(entry.firstBlock) + first / PostingBlock.size].offset : entry.offset
            let block = unsafe PostingBlock(
                start: UnsafeRawPointer(segment.columns.data.base) + Int(offset),
                count: min(PostingBlock.size, count - first), fieldCount: segment.fieldCount)
            unsafe block.documents(into: documents)
            for posting in 0..<block.count {
                let number = unsafe numbers[input][Int(documents[posting])]
                if number != Self.dropped {
                    builder.add(document: number) { field in block.frequency(of: field, at: posting) }
                }
            }
        }
        return count
    }

    /// The merged segment; documents that were removed while it was made are removed in it.
    consuming func finish() -> Segment {
        let (inputs, numbers) = (inputs, numbers)
        let segment = builder.finish()
        for (input, old) in inputs.enumerated() {
            for document in 0..<old.documentCount where old.isRemoved(document) {
                let number = numbers[input][document]
                if number != Self.dropped { segment.remove(Int(number)) }
            }
        }
        return segment
    }
}
