import IlkVectors
import Synchronization

/// The first 256 bytes of a checkpoint, as numbers.
struct CheckpointHeader: Equatable, Sendable {
    var metric: Metric
    var dimension: Int
    var parameters: HNSWParameters
    var sequence: UInt64
    var slots: Int
    var upperCount: Int
    var entry: (node: UInt32, level: Int)?
    var stride: Int
    var tableOffset = 0
    var extentCount = 0
    var tableChecksum: UInt64 = 0

    static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }

    init(index: VectorIndex, sequence: UInt64) {
        metric = index.metric
        dimension = index.dimension
        parameters = index.parameters
        self.sequence = sequence
        slots = index.states.end
        upperCount = index.graph.upperCount.load(ordering: .acquiring)
        entry = index.graph.entry
        stride = index.store.stride
    }

    private static let metrics: [Metric] = [.cosine, .dot, .l2]

    var bytes: [UInt8] {
        var bytes = CheckpointFormat.magic
        bytes.append(littleEndian: UInt32(CheckpointFormat.version))
        bytes.append(littleEndian: UInt32(Self.metrics.firstIndex(of: metric) ?? 0))
        let numbers = [
            UInt64(dimension), UInt64(parameters.m), UInt64(parameters.efConstruction), parameters.seed, sequence,
            UInt64(slots), UInt64(upperCount), entry.map { UInt64($0.level) << 32 | UInt64($0.node + 1) } ?? 0,
            UInt64(stride), UInt64(tableOffset), UInt64(extentCount), tableChecksum,
        ]
        for number in numbers { bytes.append(littleEndian: number) }
        while bytes.count < CheckpointFormat.headerSize - 8 { bytes.append(0) }
        bytes.append(littleEndian: Checksum.xxh3(bytes[...]))
        return bytes
    }

    /// Reads a header; the checksum is checked before any number is believed.
    init(bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        guard bytes.count >= CheckpointFormat.headerSize else { throw .damaged("it has only \(bytes.count) bytes") }
        func number(_ offset: Int, size: Int = 8) -> UInt64 {
            (0..<size).reduce(0) { unsafe $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
        }
        func int(_ offset: Int) throws(CheckpointError) -> Int {
            guard let value = Int(exactly: number(offset)), value <= 1 << 48 else {
                throw .damaged("a number in its header is too large")
            }
            return value
        }
        guard unsafe bytes.prefix(8).elementsEqual(CheckpointFormat.magic) else {
            throw .damaged("it does not begin as one")
        }
        let covered = CheckpointFormat.headerSize - 8
        guard unsafe Checksum.xxh3(UnsafeRawBufferPointer(rebasing: bytes[..<covered])) == number(covered) else {
            throw .damaged("the checksum of its header does not fit")
        }
        guard number(8, size: 4) == CheckpointFormat.version else {
            throw .foreign("format version \(number(8, size: 4)), this ilk reads \(CheckpointFormat.version)")
        }
        let metricNumber = Int(number(12, size: 4))
        guard Self.metrics.indices.contains(metricNumber) else { throw .damaged("an unknown metric") }
        metric = Self.metrics[metricNumber]
        dimension = try int(16)
        parameters = HNSWParameters(m: try int(24), efConstruction: try int(32), seed: number(40))
        sequence = number(48)
        slots = try int(56)
        upperCount = try int(64)
        let entryWord = number(72)
        entry = entryWord == 0 ? nil : (UInt32(truncatingIfNeeded: entryWord) &- 1, Int(entryWord >> 32))
        stride = try int(80)
        tableOffset = try int(88)
        extentCount = try int(96)
        tableChecksum = number(104)
    }

    /// Reads the table of extents: they fill the file between header and table, and sections from their beginnings on.
    func extents(of bytes: UnsafeRawBufferPointer) throws(CheckpointError) -> [CheckpointExtent] {
        guard tableOffset >= CheckpointFormat.headerSize, tableOffset <= bytes.count,
            bytes.count - tableOffset == extentCount * CheckpointFormat.extentSize
        else { throw .damaged("it ends before its table of extents does, or after it") }
        let table = unsafe UnsafeRawBufferPointer(rebasing: bytes[tableOffset...])
        guard unsafe Checksum.xxh3(table) == tableChecksum else {
            throw .damaged("the checksum of its table of extents does not fit")
        }
        var end = CheckpointFormat.headerSize
        var covered = [Int](repeating: 0, count: CheckpointFormat.sectionCount)
        var extents: [CheckpointExtent] = []
        for number in 0..<extentCount {
            let words = (0..<5).map { word in
                unsafe UInt64(
                    littleEndian: table.loadUnaligned(
                        fromByteOffset: number * CheckpointFormat.extentSize + 8 * word, as: UInt64.self))
            }
            guard words[0] < CheckpointFormat.sectionCount, words[1] == covered[Int(words[0])],
                words[3] == end, words[2] <= tableOffset - end
            else { throw .damaged("extent \(number) is not where it should be") }
            let extent = CheckpointExtent(
                section: Int(words[0]), begin: Int(words[1]), length: Int(words[2]), fileOffset: end, checksum: words[4]
            )
            covered[extent.section] += extent.length
            end += CheckpointFormat.padded(extent.length)
            extents.append(extent)
        }
        guard end == tableOffset else { throw .damaged("there is something between its extents and their table") }
        return extents
    }

    /// Checks that the file was written for this index.
    func check(against index: VectorIndex) throws(CheckpointError) {
        guard dimension == index.dimension, metric == index.metric, stride == index.store.stride else {
            throw .foreign("dimension \(dimension), metric \(metric.rawValue)")
        }
        guard parameters == index.parameters else {
            throw .foreign("M \(parameters.m), efConstruction \(parameters.efConstruction), or another seed")
        }
    }
}
