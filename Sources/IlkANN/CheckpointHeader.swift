import IlkVectors
import Synchronization

/// The first 256 bytes of a checkpoint, as numbers.
struct CheckpointHeader: Equatable {
    struct Section: Equatable {
        var offset: Int
        var length: Int
        var checksum: UInt64
    }

    var metric: Metric
    var dimension: Int
    var parameters: HNSWParameters
    var sequence: UInt64
    var slots: Int
    var upperCount: Int
    var entry: (node: UInt32, level: Int)?
    var stride: Int
    var sections: [Section] = []

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

    /// Lays the sections out behind the header.
    mutating func place(_ lengths: [Int], checksum: (Int) -> UInt64) {
        var offset = CheckpointFormat.headerSize
        sections = lengths.enumerated().map { number, length in
            defer { offset += CheckpointFormat.padded(length) }
            return Section(offset: offset, length: length, checksum: checksum(number))
        }
    }

    private static let metrics: [Metric] = [.cosine, .dot, .l2]

    var bytes: [UInt8] {
        var bytes = CheckpointFormat.magic
        bytes.append(littleEndian: UInt32(CheckpointFormat.version))
        bytes.append(littleEndian: UInt32(Self.metrics.firstIndex(of: metric) ?? 0))
        let numbers = [
            UInt64(dimension), UInt64(parameters.m), UInt64(parameters.efConstruction), parameters.seed, sequence,
            UInt64(slots), UInt64(upperCount), entry.map { UInt64($0.level) << 32 | UInt64($0.node + 1) } ?? 0,
            UInt64(stride),
        ]
        for number in numbers { bytes.append(littleEndian: number) }
        for section in sections {
            for number in [UInt64(section.offset), UInt64(section.length), section.checksum] {
                bytes.append(littleEndian: number)
            }
        }
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
        for place in 0..<CheckpointFormat.sectionCount {
            let offset = CheckpointFormat.sectionTable + place * 24
            sections.append(
                Section(offset: try int(offset), length: try int(offset + 8), checksum: number(offset + 16)))
        }
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
