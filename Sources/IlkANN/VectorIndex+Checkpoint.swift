package import IlkVectors
import Synchronization

extension VectorIndex {
    /// Writes the graph and its vectors to a file that appears whole or not at all.
    ///
    /// No other thread may change the index meanwhile; searches go on. `sequence` is the change that the index reflects.
    ///
    /// - Throws: ``CheckpointError/file(_:)``; a file of that name that was there before is still there.
    package func checkpoint(to path: String, sequence: UInt64) throws(CheckpointError) {
        var header = CheckpointHeader(index: self, sequence: sequence)
        let found = findings.bytes
        let last = UnsafeMutableRawBufferPointer.allocate(byteCount: found.count, alignment: 8)
        defer { unsafe last.deallocate() }
        unsafe last.copyBytes(from: found)
        let sections = unsafe sectionBytes(end: header.slots, upperCount: header.upperCount) + [last]
        do throws(FileError) {
            var file = try DurableFile(path: path)
            // The header comes first in the file and is known last: its checksums are those of the sections.
            unsafe header.place(sections.map(\.count)) { section in unsafe Self.checksum(ofPadded: sections[section]) }
            let bytes = header.bytes
            let writing: Result<Void, FileError> = unsafe bytes.withUnsafeBytes { bytes in
                do throws(FileError) { return .success(try unsafe file.write(bytes)) } catch { return .failure(error) }
            }
            try writing.get()
            for place in unsafe sections.indices {
                try unsafe file.write(UnsafeRawBufferPointer(sections[place]))
                try unsafe Self.writePadding(after: sections[place].count, to: file)
            }
            try file.commit()
        } catch {
            throw .file(error)
        }
    }

    /// Opens what ``checkpoint(to:sequence:)`` wrote: the file is mapped, verified, and copied into huge pages.
    ///
    /// - Returns: the index, and the sequence that it reflects.
    /// - Throws: ``CheckpointError`` for whatever is not exactly what was written for these parameters.
    package static func open(
        path: String, dimension: Int, metric: Metric, parameters: HNSWParameters, storage: VectorStorage = .f32
    ) throws(CheckpointError) -> (VectorIndex, sequence: UInt64) {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .file(error) }
        let index: VectorIndex
        do throws(IndexError) {
            index = try VectorIndex(
                dimension: dimension, metric: metric, parameters: parameters, storage: storage)
        } catch {
            throw .foreign("\(error)")
        }
        let header = try unsafe file.withBytes { bytes throws(CheckpointError) in
            let header = try unsafe CheckpointHeader(bytes: bytes)
            try header.check(against: index)
            try unsafe index.load(header, from: bytes)
            return header
        }
        return (index, header.sequence)
    }

    private func load(_ header: CheckpointHeader, from bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        guard header.slots <= store.capacity, header.upperCount <= store.capacity else {
            throw .damaged("it says \(header.slots) slots")
        }
        let foundBytes = header.sections[CheckpointFormat.sectionCount - 1].length
        guard foundBytes <= bytes.count else { throw .damaged("it says \(foundBytes) bytes of what was found out") }
        let last = UnsafeMutableRawBufferPointer.allocate(byteCount: foundBytes, alignment: 8)
        defer { unsafe last.deallocate() }
        let targets = unsafe sectionBytes(end: header.slots, upperCount: header.upperCount) + [last]
        var offset = CheckpointFormat.headerSize
        for (number, section) in header.sections.enumerated() {
            let padded = unsafe CheckpointFormat.padded(targets[number].count)
            guard section.offset == offset, unsafe section.length == targets[number].count,
                offset + padded <= bytes.count
            else { throw .damaged("section \(number) is not where it should be") }
            let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + padded])
            guard unsafe Self.copy(source, to: targets[number]) == section.checksum else {
                throw .damaged("the checksum of section \(number) does not fit")
            }
            offset += padded
        }
        guard offset == bytes.count else { throw .damaged("it has \(bytes.count - offset) bytes too many") }
        try adopt(header)
        guard let findings = unsafe Findings(Array(last), dimension: dimension, metric: metric) else {
            throw .damaged("what it says was found out cannot be")
        }
        adopt(findings)
    }

    /// Copies a padded section, and returns the checksum of what was copied.
    ///
    /// A block is hashed right after it was copied: while it is in the cache, and so that a file that changes meanwhile
    /// cannot slip in other bytes than those that were checked.
    private static func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) -> UInt64 {
        var checksum = RunningChecksum()
        for first in stride(from: 0, to: target.count, by: 1 << 18) {
            let block = first..<min(first + 1 << 18, target.count)
            let copied = unsafe UnsafeMutableRawBufferPointer(rebasing: target[block])
            unsafe copied.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[block]))
            unsafe checksum.update(UnsafeRawBufferPointer(copied))
        }
        unsafe checksum.update(UnsafeRawBufferPointer(rebasing: source[target.count...]))
        return checksum.value
    }

    /// The sections that lie in memory as in the file: all but the last.
    private func sectionBytes(end: Int, upperCount: Int) -> [UnsafeMutableRawBufferPointer] {
        unsafe [
            states.bytes(end: end), graph.level0Bytes(end: end), graph.upperPlaceBytes(end: end),
            graph.upperBytes(count: upperCount),
            UnsafeMutableRawBufferPointer(start: store.base, count: end * store.stride * 4),
        ]
    }

    private static let zeros = [UInt8](repeating: 0, count: CheckpointFormat.alignment)

    private static func writePadding(after count: Int, to file: borrowing DurableFile) throws(FileError) {
        let padding = CheckpointFormat.padded(count) - count
        guard padding > 0 else { return }
        let written: Result<Void, FileError> = unsafe zeros.withUnsafeBytes { zeros in
            do throws(FileError) {
                return .success(try unsafe file.write(UnsafeRawBufferPointer(rebasing: zeros[..<padding])))
            } catch {
                return .failure(error)
            }
        }
        try written.get()
    }

    private static func checksum(ofPadded section: UnsafeMutableRawBufferPointer) -> UInt64 {
        // Every arena is longer than its used part by more than the padding, and what is beyond is zero but for
        // slots: so the padding is hashed on its own.
        let padding = CheckpointFormat.padded(section.count) - section.count
        return unsafe Checksum.xxh3(UnsafeRawBufferPointer(section), followedByZeros: padding)
    }
}
