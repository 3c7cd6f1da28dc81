package import IlkVectors
import Synchronization

extension VectorIndex {
    /// Writes the graph and its vectors to a file that appears whole or not at all.
    ///
    /// No other thread may change the index meanwhile; searches go on. `sequence` is the change that the index reflects.
    ///
    /// - Throws: ``CheckpointError/file(_:)``; a file of that name that was there before is still there.
    package func checkpoint(to path: String, sequence: UInt64) throws(CheckpointError) {
        let file = try CheckpointFile(path: path)
        var image = CheckpointImage(of: self)
        while !image.isSettled { try file.write(image.copy(Self.copiedAtOnce)) }
        try file.commit(image.finish(sequence: sequence))
    }

    /// Bytes that are copied before they are written.
    private static let copiedAtOnce = 8 << 20

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
        let extents = try unsafe header.extents(of: bytes)
        let spaces = checkpointSections(end: header.slots, upperCount: header.upperCount)
        let last = spaces.count
        let findingsCount = extents.reduce(0) { $0 + ($1.section == last ? $1.length : 0) }
        let found = UnsafeMutableRawBufferPointer.allocate(byteCount: findingsCount, alignment: 8)
        defer { unsafe found.deallocate() }
        let targets =
            unsafe spaces.map { unsafe UnsafeMutableRawBufferPointer(start: $0.space.base, count: $0.byteCount) }
            + [found]
        for unsafe(number, target) in unsafe targets.enumerated() {
            let length = extents.reduce(0) { $0 + ($1.section == number ? $1.length : 0) }
            guard length == target.count else { throw .damaged("section \(number) has \(length) bytes") }
        }
        for (number, extent) in extents.enumerated() {
            let target = unsafe UnsafeMutableRawBufferPointer(
                rebasing: targets[extent.section][extent.begin..<extent.begin + extent.length])
            let padded = CheckpointFormat.padded(extent.length)
            let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[extent.fileOffset..<extent.fileOffset + padded])
            guard unsafe Self.copy(source, to: target) == extent.checksum else {
                throw .damaged("the checksum of extent \(number) does not fit")
            }
        }
        try adopt(header)
        guard let findings = unsafe Findings(Array(found), dimension: dimension, metric: metric) else {
            throw .damaged("what it says was found out cannot be")
        }
        adopt(findings)
    }

    /// Copies a padded extent, and returns the checksum of what was copied.
    ///
    /// A block is hashed right after it was copied: while it is in the cache, and so that a file that changes meanwhile
    /// cannot slip in other bytes than those that were checked.
    private static func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) -> UInt64 {
        let size = TrackedSpace.blockSize
        var checksums = [UInt64](repeating: 0, count: (source.count + size - 1) / size)
        let next = Atomic<Int>(0)
        let count = checksums.count
        unsafe checksums.withUnsafeMutableBufferPointer { checksums in
            // SAFETY: each thread writes blocks and checksums of its own.
            nonisolated(unsafe) let (checksums, source, target) = unsafe (checksums, source, target)
            Workers.run(count > 1_000 ? loadingThreads : 1) { _ in
                while true {
                    let first = next.add(256, ordering: .relaxed).oldValue
                    guard first < count else { return }
                    for number in first..<min(first + 256, count) {
                        let end = unsafe min((number + 1) * size, source.count)
                        let block = unsafe number * size..<min(end, target.count)
                        let copied = unsafe UnsafeMutableRawBufferPointer(rebasing: target[block])
                        unsafe copied.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[block]))
                        let padding = unsafe UnsafeRawBufferPointer(rebasing: source[block.upperBound..<end])
                        unsafe checksums[number] = Checksum.xxh3(UnsafeRawBufferPointer(copied), followedBy: padding)
                    }
                }
            }
        }
        return CheckpointFormat.checksum(checksums)
    }

    /// The sections that lie in memory as in the file: all but the last.
    func checkpointSections(end: Int, upperCount: Int) -> [(space: TrackedSpace, byteCount: Int)] {
        [
            (states.space, end), (graph.links0, end * graph.stride0 * 4), (graph.upperPlace, end * 4),
            (graph.linksUpper, upperCount * graph.strideUpper * 4), (store.space, end * store.stride * 4),
        ]
    }

    var checkpointSections: [(space: TrackedSpace, byteCount: Int)] {
        checkpointSections(end: states.end, upperCount: graph.upperCount.load(ordering: .acquiring))
    }
}
