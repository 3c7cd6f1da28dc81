import IlkProtocol
import IlkVectors
import Synchronization

extension LexicalIndex {
    /// Opens what ``checkpoint(to:sequence:)`` wrote: the file is mapped, verified, and copied.
    ///
    /// What the records have and the checkpoint lacks is for the caller to set, and the reverse to remove.
    ///
    /// - Returns: the index, and the sequence that it reflects.
    /// - Throws: ``LexicalCheckpointError`` for whatever is not exactly what was written for these fields and this analyzer.
    package static func open(
        path: String, fields: [LexicalField], parameters: BM25Parameters = BM25Parameters(),
        analyzer: Analyzer = Analyzer()
    ) throws(LexicalCheckpointError) -> (LexicalIndex, sequence: UInt64) {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .file(error) }
        let index: LexicalIndex
        do {
            index = try LexicalIndex(fields: fields, parameters: parameters, analyzer: analyzer)
        } catch {
            throw .foreign(error.message)
        }
        let header = try unsafe file.withBytes { bytes throws(LexicalCheckpointError) in
            let header = try unsafe CheckpointHeader(bytes: bytes)
            try header.check(against: index, analyzer)
            var sections = try unsafe CheckpointSections(header: header, file: bytes)
            try index.load(header, from: &sections)
            return header
        }
        return (index, header.sequence)
    }

    private func load(
        _ header: CheckpointHeader, from sections: inout CheckpointSections
    ) throws(LexicalCheckpointError) {
        let terms: GrowingBuffer<UInt8> = try sections.next()
        let starts: GrowingBuffer<UInt32> = try sections.next()
        let frequencies: GrowingBuffer<UInt32> = try sections.next()
        let opened = unsafe Vocabulary(terms: terms.bytes, starts: starts.bytes, frequencies: frequencies.bytes)
        guard let vocabulary = opened else { throw .damaged("its terms are none") }
        var segments: [Segment] = []
        for number in 0..<header.segmentCount {
            segments.append(try segment(number, from: &sections, termCount: vocabulary.count))
        }
        try sections.end()
        let found = segments
        let isWhole = writing.withLock { writing in
            for segment in found {
                for document in 0..<segment.documentCount where !segment.isRemoved(document) {
                    let ordinal = segment.columns.ordinals[document]
                    guard writing.locations[ordinal] == nil else { return false }
                    writing.locations[ordinal] = Location(segment: segment, document: document)
                    state.withLock { state in
                        unsafe state.statistics.count(segment.lengths(of: document), 1)
                        state.live[ordinal] = ()
                    }
                }
            }
            return true
        }
        guard isWhole else { throw .damaged("an ordinal has two documents") }
        adopt(vocabulary, found)
    }

    private func adopt(_ vocabulary: consuming Vocabulary, _ segments: [Segment]) {
        var vocabulary = Optional(vocabulary)
        state.withLock { state in
            if let vocabulary = vocabulary.take() { state.vocabulary = vocabulary }
            state.segments = segments
        }
    }

    private func segment(
        _ number: Int, from sections: inout CheckpointSections, termCount: Int
    ) throws(LexicalCheckpointError) -> Segment {
        var columns = Segment.Columns()
        columns.ordinals = try sections.next()
        columns.lengths = try sections.next()
        columns.terms = try sections.next()
        columns.entries = try sections.next()
        columns.blocks = try sections.next()
        columns.data = try sections.next()
        columns.forwardEnds = try sections.next()
        columns.forward = try sections.next()
        let averages: GrowingBuffer<Float> = try sections.next()
        let removed: GrowingBuffer<UInt64> = try sections.next()
        guard averages.count == fields.count, columns.lengths.count == columns.ordinals.count * fields.count,
            removed.count == (columns.ordinals.count + 63) / 64
        else { throw .damaged("the sections of segment \(number) do not fit together") }
        if let problem = columns.problem(fieldCount: fields.count, termCount: termCount) {
            throw .damaged("segment \(number): \(problem)")
        }
        let segment = unsafe Segment(
            columns: columns, fieldCount: fields.count, averages: Array(averages.elements))
        for document in 0..<segment.documentCount
        where removed[document / 64] & 1 << UInt64(document % 64) != 0 {
            segment.remove(document)
        }
        return segment
    }
}

/// The sections of a mapped checkpoint, one after the other.
@safe struct CheckpointSections {
    private let file: UnsafeRawBufferPointer
    private let size: Int
    private let count: Int
    private var number = 0
    private var offset: Int

    init(header: CheckpointHeader, file: UnsafeRawBufferPointer) throws(LexicalCheckpointError) {
        unsafe self.file = file
        size = file.count
        count = header.sectionCount
        offset = CheckpointFormat.headerSize + CheckpointFormat.padded(count * 24)
        guard offset <= size else { throw .damaged("it ends in its table") }
        let table = unsafe UnsafeRawBufferPointer(rebasing: file[CheckpointFormat.headerSize..<offset])
        guard unsafe Checksum.xxh3(table) == header.tableChecksum else {
            throw .damaged("the checksum of its table does not fit")
        }
    }

    /// Copies the next section; what was copied is what was checked.
    mutating func next<Element: BitwiseCopyable>() throws(LexicalCheckpointError) -> GrowingBuffer<Element> {
        let entry = CheckpointFormat.headerSize + number * 24
        func field(_ place: Int) -> UInt64 {
            unsafe file.loadUnaligned(fromByteOffset: entry + 8 * place, as: UInt64.self)
        }
        let stride = MemoryLayout<Element>.stride
        guard let length = Int(exactly: field(1)), field(0) == UInt64(offset), length <= size - offset,
            length % stride == 0, CheckpointFormat.padded(length) <= size - offset
        else { throw .damaged("section \(number) is not where it should be") }
        var copied = GrowingBuffer<Element>(capacity: length / stride)
        let target = unsafe UnsafeMutableRawPointer(copied.extend(by: length / stride))
        let padded = unsafe UnsafeRawBufferPointer(rebasing: file[offset..<offset + CheckpointFormat.padded(length)])
        if let source = padded.baseAddress, length > 0 {
            unsafe target.copyMemory(from: source, byteCount: length)
        }
        var checksum = RunningChecksum()
        unsafe checksum.update(UnsafeRawBufferPointer(start: target, count: length))
        unsafe checksum.update(UnsafeRawBufferPointer(rebasing: padded[length...]))
        guard checksum.value == field(2) else { throw .damaged("the checksum of section \(number) does not fit") }
        number += 1
        offset += padded.count
        return copied
    }

    func end() throws(LexicalCheckpointError) {
        guard offset == size else { throw .damaged("it has \(size - offset) bytes too many") }
    }
}
