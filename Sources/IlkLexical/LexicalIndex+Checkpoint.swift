import IlkVectors
import Synchronization

extension LexicalIndex {
    /// Writes the index to a file that appears whole or not at all.
    ///
    /// No other thread may change the index meanwhile; searches go on. `sequence` is the change that the index reflects.
    ///
    /// - Throws: ``LexicalCheckpointError/file(_:)``; a file of that name that was there before is still there.
    package func checkpoint(to path: String, sequence: UInt64) throws(LexicalCheckpointError) {
        let written: Result<Void, FileError> = writing.withLock { writing in
            seal(termCapacity: Self.tailTerms, &writing)
            do throws(FileError) { return .success(try write(to: path, sequence: sequence)) } catch {
                return .failure(error)
            }
        }
        do throws(FileError) { try written.get() } catch { throw .file(error) }
    }

    /// What a section's bytes are: those of the index itself, or few that were made for the file.
    @safe private enum SectionBytes: @unchecked Sendable {
        // SAFETY: of the vocabulary or a segment; only the thread that changes the index could free it, and it is here.
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

    private func write(to path: String, sequence: UInt64) throws(FileError) {
        let (vocabulary, segments) = state.withLock { state in
            let sections = unsafe state.vocabulary.withSections { terms, starts, frequencies in
                unsafe [SectionBytes.lent(terms), .lent(starts), .lent(frequencies)]
            }
            return (sections, state.segments)
        }
        var header = CheckpointHeader(
            index: self, analyzer: analyzer, sequence: sequence, segmentCount: segments.count)
        let sections = vocabulary + segments.flatMap(sections)
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
        withExtendedLifetime(segments) {}
    }

    private func sections(of segment: Segment) -> [SectionBytes] {
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
