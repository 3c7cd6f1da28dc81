import IlkVectors
import Synchronization

/// A checkpoint in the making: the bytes of an index, copied slice by slice while it goes on changing.
///
/// As running machines are moved between hosts (pre-copy; Clark et al., Live Migration of Virtual Machines, NSDI 2005): a
/// block that changes after it was copied is copied again in the next round, until so little is left that it can be copied
/// while the index stands still. Each call comes from the thread that changes the index.
package struct CheckpointImage: Sendable {
    package let index: VectorIndex
    private var extents: [CheckpointExtent] = []
    private var fileEnd = CheckpointFormat.headerSize
    private var rounds = 0
    private var place = (extent: 0, block: 0)

    /// What may be left for the end: to copy it takes some 2 ms.
    private static let settledBytes = 4 << 20
    /// An index that changes faster than it can be copied is not followed for ever.
    private static let mostRounds = 8
    private static let blockSize = TrackedSpace.blockSize

    package init(of index: VectorIndex) {
        self.index = index
        extend()
    }

    /// Whether what is left is so little that ``finish(sequence:)`` takes milliseconds.
    package var isSettled: Bool { rounds > 0 && (changedBytes <= Self.settledBytes || rounds >= Self.mostRounds) }

    /// Copies about so many bytes of what is not copied yet, or has changed since.
    package mutating func copy(_ limit: Int) -> CopiedBlocks {
        var copied = CopiedBlocks(capacity: limit)
        copy(limit, to: &copied)
        return copied
    }

    private mutating func copy(_ limit: Int, to copied: inout CopiedBlocks) {
        let sections = index.checkpointSections
        while place.extent < extents.count, copied.bytes.count < limit {
            let extent = extents[place.extent]
            let space = sections[extent.section].space
            let blocks = extent.blocks
            let room = max(1, (limit - copied.bytes.count) / Self.blockSize)
            guard let run = space.takeNoted(in: max(place.block, blocks.lowerBound)..<blocks.upperBound, limit: room)
            else {
                place = (place.extent + 1, 0)
                continue
            }
            copied.append(
                space, at: run.lowerBound * Self.blockSize, count: run.count * Self.blockSize,
                extent: place.extent, block: run.lowerBound - blocks.lowerBound, extent.fileOffset)
            place.block = run.upperBound
        }
        if place.extent == extents.count {
            rounds += 1
            place = (0, 0)
            extend()
        }
    }

    /// Copies what is left, while the index stands still, which is the state that the file will have.
    ///
    /// `sequence` is the change that the index reflects.
    package consuming func finish(sequence: UInt64) -> CheckpointEnding {
        var header = CheckpointHeader(index: index, sequence: sequence)
        place = (0, 0)
        extend()
        var copied = CopiedBlocks(capacity: changedBytes)
        copy(.max, to: &copied)
        let sections = index.checkpointSections
        for (number, section) in sections.enumerated() {
            let begin = covered(number)
            guard begin < section.byteCount else { continue }
            let extent = add(CheckpointExtent(section: number, begin: begin, length: section.byteCount - begin))
            copied.append(
                section.space, at: begin, count: section.byteCount - begin, extent: extents.count - 1, block: 0,
                extent.fileOffset)
        }
        let findings = index.findings.bytes
        let extent = add(CheckpointExtent(section: sections.count, begin: 0, length: findings.count))
        copied.append(findings, extent: extents.count - 1, extent.fileOffset)
        header.tableOffset = fileEnd
        return CheckpointEnding(header: header, extents: extents, copied: copied)
    }

    private var changedBytes: Int {
        let sections = index.checkpointSections
        let changed = extents.reduce(0) { sum, extent in
            sum + sections[extent.section].space.notedCount(in: extent.blocks)
        }
        let grown = sections.indices.reduce(0) { $0 + sections[$1].byteCount - covered($1) }
        return changed * Self.blockSize + grown
    }

    /// Bytes of a section from its beginning that extents hold.
    private func covered(_ section: Int) -> Int {
        extents.reduce(0) { $1.section == section ? max($0, $1.begin + $1.length) : $0 }
    }

    /// Lays out the whole blocks that came since the last round.
    private mutating func extend() {
        for (number, section) in index.checkpointSections.enumerated() {
            let begin = covered(number)
            let end = section.byteCount / Self.blockSize * Self.blockSize
            guard begin < end else { continue }
            let extent = add(CheckpointExtent(section: number, begin: begin, length: end - begin))
            // Also those that nobody wrote to: their zeros belong in the file.
            section.space.noteAll(extent.blocks)
        }
    }

    private mutating func add(_ extent: CheckpointExtent) -> CheckpointExtent {
        var extent = extent
        extent.fileOffset = fileEnd
        fileEnd += CheckpointFormat.padded(extent.length)
        extents.append(extent)
        return extent
    }
}

/// Copied bytes on their way to a checkpoint's file.
package struct CopiedBlocks: Sendable {
    /// Blocks that stand one after the other, in memory as in the file.
    struct Run: Sendable {
        var extent: Int
        /// The first of them, counted from the extent's.
        var block: Int
        var fileOffset: Int
        var byteCount: Int
    }

    private(set) var runs: [Run] = []
    private(set) var bytes: [UInt8] = []

    package var byteCount: Int { bytes.count }
    package var isEmpty: Bool { runs.isEmpty }

    fileprivate init(capacity: Int) { bytes.reserveCapacity(capacity) }

    fileprivate mutating func append(
        _ space: TrackedSpace, at offset: Int, count: Int, extent: Int, block: Int, _ extentOffset: Int
    ) {
        // SAFETY: within the space, which nobody writes to meanwhile.
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: space.base + offset, count: count))
        finish(count, extent: extent, block: block, extentOffset)
    }

    fileprivate mutating func append(_ other: [UInt8], extent: Int, _ extentOffset: Int) {
        bytes += other
        finish(other.count, extent: extent, block: 0, extentOffset)
    }

    private mutating func finish(_ count: Int, extent: Int, block: Int, _ extentOffset: Int) {
        let padded = CheckpointFormat.padded(count)
        bytes.append(contentsOf: repeatElement(0, count: padded - count))
        runs.append(
            Run(
                extent: extent, block: block, fileOffset: extentOffset + block * TrackedSpace.blockSize,
                byteCount: padded))
    }
}

/// The last of a checkpoint: what was copied while the index stood still, and where everything is.
package struct CheckpointEnding: Sendable {
    var header: CheckpointHeader
    var extents: [CheckpointExtent]
    package var copied: CopiedBlocks
}

/// A part of a section, as it lies in the file.
struct CheckpointExtent: Equatable, Sendable {
    var section: Int
    /// Its first byte within the section: for an extent of whole blocks, a block's.
    var begin: Int
    var length: Int
    var fileOffset = 0
    /// XXH3 of the XXH3 of each block.
    var checksum: UInt64 = 0

    /// The whole blocks of the section that it holds.
    var blocks: Range<Int> {
        begin / TrackedSpace.blockSize..<(begin + length) / TrackedSpace.blockSize
    }
}
