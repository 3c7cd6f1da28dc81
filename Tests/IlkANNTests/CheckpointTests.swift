import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Checkpoint` {
    let folder: TemporaryFolder
    let bench: Bench
    let path: String
    let bytes: [UInt8]

    /// Linked, pending, removed and vacated slots, in a file of some ten kilobytes.
    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("a.hnsw")
        var bench = try Bench(.l2, dimension: 5, m: 3, efConstruction: 20)
        bench.place(RandomVectors.uniform(130, dimension: 5, seed: 1))
        bench.index.linkPending()
        for ordinal in 10..<UInt32(20) { bench.remove(ordinal) }
        _ = bench.index.repair()
        for ordinal in 40..<UInt32(50) { bench.remove(ordinal) }
        bench.place(RandomVectors.uniform(7, dimension: 5, seed: 2), from: 130)
        bench.remove(133)
        self.bench = bench
        try bench.index.checkpoint(to: path, sequence: 1_234)
        bytes = try Bytes.read(path)
    }

    private func open(
        _ bytes: some Sequence<UInt8>, dimension: Int = 5, metric: Metric = .l2, m: Int = 3, seed: UInt64 = 42
    ) throws -> (VectorIndex, sequence: UInt64) {
        try Bytes.write(bytes, folder.file("b.hnsw"))
        return try VectorIndex.open(
            path: folder.file("b.hnsw"), dimension: dimension, metric: metric,
            parameters: HNSWParameters(m: m, efConstruction: 20, seed: seed))
    }

    @Test func `brings back the same index and its sequence`() throws {
        let (copy, sequence) = try open(bytes)
        #expect(sequence == 1_234)
        #expect(copy.count == bench.index.count && copy.pendingCount == 6 && copy.removedCount == 10)
        #expect(copy.liveOrdinals() == bench.index.liveOrdinals())
        for ordinal in copy.liveOrdinals() { #expect(copy.vector(at: ordinal) == bench.vectors[ordinal.rawValue]) }
        #expect(copy.problems() == [])
        try copy.checkpoint(to: folder.file("c.hnsw"), sequence: 1_234)
        #expect(try Bytes.read(folder.file("c.hnsw")) == bytes, "written again, byte for byte")
        #expect(copy.repair().count == 11, "removed ones, and the one that was removed while pending")
        #expect(copy.linkPending() && copy.problems() == [])
    }

    @Test func `of an empty index opens`() throws {
        let empty = try Bench(.cosine, dimension: 9)
        #expect(try empty.reloaded().index.count == 0)
    }

    @Test func `of another field, metric, parameters or seed is foreign`() throws {
        for attempt in [
            { _ = try open(bytes, dimension: 6) }, { _ = try open(bytes, metric: .dot) }, { _ = try open(bytes, m: 4) },
            { _ = try open(bytes, seed: 43) },
        ] {
            let error = #expect(throws: CheckpointError.self) { try attempt() }
            guard case .foreign = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func `that is not there is told with its path`() {
        let error = #expect(throws: CheckpointError.self) {
            _ = try VectorIndex.open(path: "/no/such.hnsw", dimension: 5, metric: .l2, parameters: HNSWParameters())
        }
        #expect(error?.description == "could not open /no/such.hnsw: No such file or directory")
    }

    @Test func `cut at every section's edge and at 100 random places is damaged`() throws {
        var random = SplitMix64(seed: 3)
        let edges = Layout(bytes).sections.flatMap { [$0.lowerBound, $0.upperBound - 1] } + [0, 1, 8, 255, 256]
        for length in edges.filter({ $0 < bytes.count })
            + (0..<100).map({ _ in Int(random.next() % UInt64(bytes.count)) })
        {
            #expect(throws: CheckpointError.self, "cut to \(length)") { _ = try open(bytes.prefix(length)) }
        }
    }

    @Test func `with bytes behind its end is damaged`() {
        #expect(throws: CheckpointError.self) { _ = try open(bytes + [0]) }
        #expect(throws: CheckpointError.self) { _ = try open(bytes + [UInt8](repeating: 0, count: 64)) }
        #expect(throws: CheckpointError.self) { _ = try open(bytes + bytes) }
    }

    @Test func `with any of 1,000 random bits flipped is damaged`() throws {
        var random = SplitMix64(seed: 4)
        for _ in 0..<1_000 {
            let bit = Int(random.next() % UInt64(bytes.count * 8))
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CheckpointError.self, "bit \(bit)") { _ = try open(flipped) }
        }
    }

    @Test func `has no byte that may change unnoticed`() throws {
        // Every byte of the header and the sections' padding, and every 13th of the rest.
        let padding = Layout(bytes).padding.flatMap { Array($0) }
        for place in Array(0..<256) + padding + stride(from: 256, to: bytes.count, by: 13) {
            var changed = bytes
            changed[place] ^= 0x55
            #expect(throws: CheckpointError.self, "byte \(place)") { _ = try open(changed) }
        }
    }

    /// Whoever can write a checksum can write anything: then it is refused, or it is at least no danger.
    @Test(arguments: 0..<400 as Range<UInt64>)
    func `with false numbers under true checksums is refused or harmless`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var forged = bytes
        let layout = Layout(bytes)
        for _ in 0...random.next() % 3 {
            if random.next() % 4 == 0 {
                // A number of the header: dimension up to stride.
                let field = 16 + 8 * Int(random.next() % 9)
                Layout.store(random.next() >> (random.next() % 64), at: field, in: &forged)
            } else {
                let section = layout.sections[[0, 1, 2, 3, 5][Int(random.next() % 5)]]
                let place = section.lowerBound + Int(random.next() % UInt64(section.count))
                forged[place] = UInt8(truncatingIfNeeded: random.next() >> (random.next() % 8))
            }
        }
        Layout(bytes).seal(&forged)
        guard let (index, _) = try? open(forged) else { return }
        for query in RandomVectors.uniform(5, dimension: 5, seed: seed) {
            let outcome = index.search(query.span, k: 200, efSearch: 300)
            #expect(outcome.neighbors.allSatisfy { index.contains($0.ordinal) })
        }
        _ = index.problems()
        _ = index.repair()
        index.linkPending()
        index.reconnectStrays()
        _ = index.search([1, 2, 3, 4, 5].span, k: 200, efSearch: 300)
    }

    @Test func `of a later version is foreign, not damaged`() throws {
        var later = bytes
        later[8] = 4
        Layout(bytes).seal(&later)
        let error = #expect(throws: CheckpointError.self) { _ = try open(later) }
        #expect(error == .foreign("format version 4, this ilk reads 3"))
    }

    @Test func `is written while searches go on, and the old one stays until it is whole`() throws {
        let error = #expect(throws: CheckpointError.self) {
            try bench.index.checkpoint(to: folder.file("no/such/folder"), sequence: 2)
        }
        #expect(error?.description.contains("could not create") == true)
        #expect(try Bytes.read(path) == bytes)
    }
}

/// The places of a checkpoint's parts, read as the format's table says.
struct Layout {
    private let lengths: [Int]
    /// The padded sections.
    let sections: [Range<Int>]

    init(_ bytes: [UInt8]) {
        func number(_ offset: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        lengths = (0..<6).map { number(88 + 24 * $0 + 8) }
        sections = (0..<6).map { section in
            let offset = number(88 + 24 * section)
            let length = number(88 + 24 * section + 8)
            return offset..<offset + (length + 63) / 64 * 64
        }
    }

    var padding: [Range<Int>] { zip(sections, lengths).map { $0.lowerBound + $1..<$0.upperBound } }

    static func store(_ number: UInt64, at offset: Int, in bytes: inout [UInt8]) {
        for byte in 0..<8 { bytes[offset + byte] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(byte))) }
    }

    /// Makes every checksum fit.
    func seal(_ bytes: inout [UInt8]) {
        for (number, section) in sections.enumerated() {
            let checksum = unsafe bytes[section].withUnsafeBytes { unsafe Checksum.xxh3($0) }
            Self.store(checksum, at: 88 + 24 * number + 16, in: &bytes)
        }
        let header = unsafe bytes[..<248].withUnsafeBytes { unsafe Checksum.xxh3($0) }
        Self.store(header, at: 248, in: &bytes)
    }
}
