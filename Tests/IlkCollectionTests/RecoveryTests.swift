import Foundation
import IlkCollection
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `A collection that is opened again` {
    let bench: Workbench

    init() throws { bench = try Workbench() }

    private func fill(_ collection: VectorCollection, _ range: Range<Int>) throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 500) {
            try collection.upsert(
                (start..<min(start + 500, range.upperBound)).map { n in
                    var random = SplitMix64(seed: UInt64(n))
                    let vector = (0..<8).map { _ in Float.random(in: -1...1, using: &random) }
                    return try UpsertPoint(.number(UInt64(n)), vector, #"{"n":\#(n)}"#)
                })
        }
    }

    /// Every answer that a whole collection gives, exactly.
    private func answers(_ collection: VectorCollection) throws -> [[Hit]] {
        try (0..<10).map { seed in
            var random = SplitMix64(seed: UInt64(1_000_000 + seed))
            let query = (0..<8).map { _ in Float.random(in: -1...1, using: &random) }
            return try collection.search(query, k: 20, exact: true).hits
        }
    }

    @Test func `has everything, after a proper close`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<2_000)
        try collection.delete(.filter(.text("n < 100")))
        let before = try answers(collection)
        collection.close()
        let again = bench.open()
        #expect(again.state == .ready)
        #expect(try answers(again) == before)
        #expect(try again.count(.text("n >= 100")) == 1_900)
        #expect(try again.search(Array(repeating: 0, count: 8), k: 5).hits.count == 5)
    }

    @Test func `replays what came after its checkpoint`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<1_500)
        try collection.checkpoint()
        let old = bench.folder + "/../old.hnsw"
        try FileManager.default.copyItem(atPath: bench.checkpoint, toPath: old)
        try fill(collection, 1_500..<2_000)
        try collection.delete(.ids([1, 2, 3, 1_600]))
        try fill(collection, 10..<12)
        let before = try answers(collection)
        collection.close()
        // As after a crash: the records are ahead of the checkpoint.
        try FileManager.default.removeItem(atPath: bench.checkpoint)
        try FileManager.default.moveItem(atPath: old, toPath: bench.checkpoint)
        let again = bench.open()
        #expect(again.state == .ready)
        #expect(try answers(again) == before)
        #expect(try again.count(nil) == 1_996)
    }

    @Test func `rebuilds a missing checkpoint, and answers exactly meanwhile`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<3_000)
        let before = try answers(collection)
        collection.close()
        try FileManager.default.removeItem(atPath: bench.checkpoint)
        let again = bench.open()
        #expect(try answers(again) == before)
        again.waitUntilReady()
        #expect(again.state == .ready)
        #expect(try answers(again) == before)
    }

    @Test(arguments: 0..<20)
    func `rebuilds a checkpoint with a flipped bit or a missing end`(seed: Int) throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<300)
        let before = try answers(collection)
        collection.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: bench.checkpoint))
        var random = SplitMix64(seed: UInt64(seed))
        let place = Int.random(in: 0..<bytes.count, using: &random)
        if seed.isMultiple(of: 2) {
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        } else {
            bytes = bytes.prefix(place)
        }
        try bytes.write(to: URL(fileURLWithPath: bench.checkpoint))
        let again = bench.open()
        #expect(again.state.reason?.contains("checkpoint is damaged") ?? true)
        #expect(try answers(again) == before)
        again.waitUntilReady()
        #expect(again.state == .ready)
    }

    @Test func `refuses a checkpoint that belongs to other records`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<500)
        collection.close()
        let other = try Workbench()
        let stranger = try VectorCollection.create(
            name: "things", folder: other.folder, schema: .l2(dimension: 8),
            options: CollectionOptions(linkThreads: 1, seed: 8))
        try fill(stranger, 500..<900)
        let before = try answers(stranger)
        stranger.close()
        try FileManager.default.removeItem(atPath: other.checkpoint)
        try FileManager.default.copyItem(atPath: bench.checkpoint, toPath: other.checkpoint)
        let again = other.openReady()
        #expect(try answers(again) == before)
    }

    @Test func `is quarantined when its records are not SQLite's, and says what to do`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<10)
        collection.close()
        try Data("this is no database, and never was one".utf8)
            .write(to: URL(fileURLWithPath: bench.folder + "/collection.sqlite"))
        let again = bench.open()
        guard case .quarantined(let reason) = again.state else { Issue.record("\(again.state)"); return }
        #expect(reason.contains("restore"))
        let error = #expect(throws: IlkError.self) { try again.count(nil) }
        #expect(error?.code == .unavailable)
        #expect(error?.retryable == false)
    }

    @Test func `a snapshot is the collection as it was, while the collection goes on`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<1_000)
        try collection.checkpoint()
        let before = try answers(collection)
        let path = bench.root + "/snapshot"
        try collection.snapshot(to: path) { _ in true }
        try collection.delete(.filter(.text("n >= 0")))
        try VectorCollection.verifySnapshot(at: path)
        let copy = VectorCollection.open(name: "copy", folder: path, options: Workbench.options)
        copy.waitUntilLoaded()
        #expect(copy.state == .ready)
        #expect(try answers(copy) == before)
        #expect(try collection.count(nil) == 0)
        copy.close()
        collection.close()
    }

    @Test func `a cancelled snapshot leaves nothing behind`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<10)
        let error = #expect(throws: IlkError.self) {
            try collection.snapshot(to: bench.root + "/snapshot") { _ in false }
        }
        #expect(error?.code == .cancelled)
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.root) == ["things"])
    }

    @Test func `check tells what a start would rebuild, and what is broken`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<3_000)
        collection.close()
        #expect(VectorCollection.check(folder: bench.folder).allSatisfy { $0.severity == .good })
        try FileManager.default.removeItem(atPath: bench.checkpoint)
        #expect(VectorCollection.check(folder: bench.folder).contains { $0.severity == .rebuild })
        try FileManager.default.removeItem(atPath: bench.folder + "/collection.sqlite")
        #expect(VectorCollection.check(folder: bench.folder).contains { $0.severity == .broken })
    }

    @Test func `ordinals are used again after repair and checkpoint, and stay right through a restart`() throws {
        let collection = try bench.create(.l2(dimension: 8))
        try fill(collection, 0..<3_000)
        for round in 0..<3 {
            try collection.delete(.filter(.text("n between \(round * 1_000) and \(round * 1_000 + 1_200)")))
            try collection.checkpoint()
            try fill(collection, 3_000 + round * 1_000..<4_000 + round * 1_000)
        }
        let before = try answers(collection)
        collection.close()
        let again = bench.openReady()
        #expect(try answers(again) == before)
    }
}
