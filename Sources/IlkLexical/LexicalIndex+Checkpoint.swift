import IlkVectors
import Synchronization

/// A lexical index as it was at one moment; any thread may write it to a file while the index goes on changing.
package struct LexicalImage: Sendable {
    private var header: CheckpointHeader
    private let sections: [SectionBytes]
    /// They own what sections are lent of.
    private let segments: [Segment]

    /// What a section's bytes are: those of a segment, or some that were made for the file.
    @safe fileprivate enum SectionBytes: @unchecked Sendable {
        // SAFETY: of a segment that the image holds, where they never change.
        case lent(UnsafeRawBufferPointer)
        case made([UInt8])

        func withBytes<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
            switch self {
            case .lent(let bytes): return try unsafe body(bytes)
            case .made(let bytes):
                let result: Result<R, E> = unsafe bytes.withUnsafeBytes { bytes in
                    do throws(E) { return .success(try unsafe body(bytes)) } catch { return .failure(error) }
                }
                return try result.get()
            }
        }
    }

    fileprivate init(header: CheckpointHeader, vocabulary: [SectionBytes], segments: [Segment]) {
        self.header = header
        self.segments = segments
        sections = vocabulary + segments.flatMap(Self.sections)
    }

    /// Writes a file that appears whole or not at all.
    ///
    /// - Throws: ``LexicalCheckpointError/file(_:)``; a file of that name that was there before is still there.
    package func write(to path: String) throws(LexicalCheckpointError) {
        do throws(FileError) { try writeFile(path) } catch { throw .file(error) }
    }

    private func writeFile(_ path: String) throws(FileError) {
        var header = header
        var table: [UInt8] = []
        var offset = CheckpointFormat.headerSize + CheckpointFormat.padded(header.sectionCount * 24)
        for section in sections {
            unsafe section.withBytes { bytes in
                let padded = CheckpointFormat.padded(bytes.count)
                let checksum = unsafe Checksum.xxh3(bytes, followedByZeros: padded - bytes.count)
                for number in [UInt64(offset), UInt64(bytes.count), checksum] {
                    table.append(littleEndian: number)
                }
                offset += padded
            }
        }
        while table.count < CheckpointFormat.padded(table.count) { table.append(0) }
        header.tableChecksum = unsafe table.withUnsafeBytes { unsafe Checksum.xxh3($0) }
        var file = try DurableFile(path: path)
        for section in [.made(header.bytes), .made(table)] + sections {
            try unsafe section.withBytes { bytes throws(FileError) in
                try unsafe file.write(bytes)
                let padding = [UInt8](repeating: 0, count: CheckpointFormat.padded(bytes.count) - bytes.count)
                try unsafe SectionBytes.made(padding).withBytes { bytes throws(FileError) in
                    try unsafe file.write(bytes)
                }
            }
        }
        try file.commit()
    }

    private static func sections(of segment: Segment) -> [SectionBytes] {
        let removed = (0..<(segment.documentCount + 63) / 64).map { segment.removedWord($0) }
        let columns: [SectionBytes] = unsafe [
            .lent(segment.columns.ordinals.bytes), .lent(segment.columns.lengths.bytes),
            .lent(segment.columns.terms.bytes), .lent(segment.columns.entries.bytes),
            .lent(segment.columns.blocks.bytes), .lent(segment.columns.data.bytes),
            .lent(segment.columns.forwardEnds.bytes), .lent(segment.columns.forward.bytes),
        ]
        return unsafe columns + [
            .made(segment.averages.withUnsafeBytes { unsafe Array($0) }),
            .made(removed.withUnsafeBytes { unsafe Array($0) }),
        ]
    }
}

extension LexicalIndex {
    /// What a checkpoint of this moment holds, in the milliseconds that it takes to copy the vocabulary.
    ///
    /// On the thread that changes the index. `sequence` is the change that the index reflects.
    package func image(sequence: UInt64) -> LexicalImage {
        writing.withLock { writing in
            seal(termCapacity: Self.tailTerms, &writing)
            return state.withLock { state in
                let vocabulary = unsafe state.vocabulary.withSections { terms, starts, frequencies in
                    unsafe [terms, starts, frequencies].map { unsafe LexicalImage.SectionBytes.made(Array($0)) }
                }
                let header = CheckpointHeader(
                    index: self, analyzer: analyzer, sequence: sequence, segmentCount: state.segments.count)
                return LexicalImage(header: header, vocabulary: vocabulary, segments: state.segments)
            }
        }
    }

    /// Writes the index as it is to a file that appears whole or not at all.
    ///
    /// - Throws: ``LexicalCheckpointError/file(_:)``; a file of that name that was there before is still there.
    package func checkpoint(to path: String, sequence: UInt64) throws(LexicalCheckpointError) {
        try image(sequence: sequence).write(to: path)
    }
}
