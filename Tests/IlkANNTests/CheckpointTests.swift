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
        let ranges = Layout(bytes).extents.map(\.range) + [Layout(bytes).table]
        let edges = ranges.flatMap { [$0.lowerBound, $0.upperBound - 1] } + [0, 1, 8, 255, 256]
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
        // Every byte of the header, the table and the extents' padding, and every 13th of the rest.
        let layout = Layout(bytes)
        for place in Array(0..<256) + layout.table + layout.padding.joined()
            + stride(from: 256, to: bytes.count, by: 13)
        {
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
            switch random.next() % 8 {
            case 0, 1:
                // A number of the header: dimension up to the number of extents.
                let field = 16 + 8 * Int(random.next() % 11)
                Layout.store(random.next() >> (random.next() % 64), at: field, in: &forged)
            case 2:
                let field = layout.table.lowerBound + 8 * Int(random.next() % UInt64(layout.table.count / 8))
                Layout.store(random.next() >> (random.next() % 64), at: field, in: &forged)
            default:
                let linked = layout.extents.filter { $0.section != 4 }
                let extent = linked[Int(random.next() % UInt64(linked.count))].range
                let place = extent.lowerBound + Int(random.next() % UInt64(extent.count))
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
        later[8] = 5
        Layout(bytes).seal(&later)
        let error = #expect(throws: CheckpointError.self) { _ = try open(later) }
        #expect(error == .foreign("format version 5, this ilk reads 4"))
    }

    @Test func `is what the index is at its end, though all of it changed while it was copied`() throws {
        var bench = try Bench(.l2, dimension: 24, m: 6, efConstruction: 30)
        bench.place(RandomVectors.uniform(3_000, dimension: 24, seed: 5))
        bench.index.linkPending()
        let file = try CheckpointFile(path: folder.file("d.hnsw"))
        var image = CheckpointImage(of: bench.index)
        var random = SplitMix64(seed: 6)
        var slices = 0
        while !image.isSettled {
            try file.write(image.copy(1 << 16))
            slices += 1
            let end = UInt32(3_000 + 100 * slices)
            bench.place(RandomVectors.uniform(100, dimension: 24, seed: UInt64(slices)), from: end - 100)
            for _ in 0..<60 { bench.remove(UInt32(random.next() % UInt64(end))) }
            bench.index.linkPending()
            if slices.isMultiple(of: 3) { _ = bench.index.repair() }
        }
        #expect(slices > 5)
        bench.place(RandomVectors.uniform(3, dimension: 24, seed: 99), from: UInt32(3_000 + 100 * slices))
        try file.commit(image.finish(sequence: 77))
        let (copy, sequence) = try VectorIndex.open(
            path: folder.file("d.hnsw"), dimension: 24, metric: .l2, parameters: bench.index.parameters)
        #expect(sequence == 77)
        #expect(copy.pendingCount == 3 && copy.removedCount == bench.index.removedCount)
        #expect(copy.liveOrdinals() == bench.index.liveOrdinals())
        for ordinal in copy.liveOrdinals() { #expect(copy.vector(at: ordinal) == bench.vectors[ordinal.rawValue]) }
        #expect(copy.problems() == [])
        for query in RandomVectors.uniform(50, dimension: 24, seed: 8) {
            #expect(
                copy.search(query.span, k: 10, efSearch: 40) == bench.index.search(query.span, k: 10, efSearch: 40))
        }
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
    struct Extent {
        var section: Int
        var length: Int
        /// Where it lies, padding and all.
        var range: Range<Int>
    }

    let extents: [Extent]
    let table: Range<Int>

    init(_ bytes: [UInt8]) {
        func number(_ offset: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        table = number(88)..<number(88) + 40 * number(96)
        extents = stride(from: table.lowerBound, to: table.upperBound, by: 40).map { entry in
            let (length, offset) = (number(entry + 16), number(entry + 24))
            return Extent(section: number(entry), length: length, range: offset..<offset + (length + 63) / 64 * 64)
        }
    }

    /// What the checkpoint says was found out.
    var findings: Range<Int> { extents.last!.range }

    var padding: [Range<Int>] { extents.map { $0.range.lowerBound + $0.length..<$0.range.upperBound } }

    static func store(_ number: UInt64, at offset: Int, in bytes: inout [UInt8]) {
        for byte in 0..<8 { bytes[offset + byte] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(byte))) }
    }

    /// Makes every checksum fit.
    func seal(_ bytes: inout [UInt8]) {
        for (number, extent) in extents.enumerated() {
            var checksums: [UInt8] = []
            for first in stride(from: extent.range.lowerBound, to: extent.range.upperBound, by: 4_096) {
                let block = bytes[first..<min(first + 4_096, extent.range.upperBound)]
                checksums.append(littleEndian: Checksum.xxh3(block))
            }
            Self.store(Checksum.xxh3(checksums[...]), at: table.lowerBound + 40 * number + 32, in: &bytes)
        }
        Self.store(Checksum.xxh3(bytes[table]), at: 104, in: &bytes)
        Self.store(Checksum.xxh3(bytes[..<248]), at: 248, in: &bytes)
    }
}
