import Foundation
import IlkCollection
import IlkProtocol
import IlkTestSupport
import IlkVectors
import Testing

/// Plans beside the collections that were planned.
@Suite struct `A plan of what a collection takes` {
    private func near(_ found: Int, _ planned: Int, _ share: Double, _ what: String) {
        #expect(
            abs(Double(found - planned)) <= share * Double(found) + 4_096, "\(what): \(found), planned \(planned)")
    }

    @Test(arguments: [(StorageName.f32, 8, 48), (.u8, 16, 100), (.auto, 5, 16)])
    func `agrees with what describe counts and with the files`(storage: StorageName, m: Int, dimension: Int) throws {
        let bench = try Workbench()
        var field = VectorField(name: "v", dimension: dimension, metric: .l2)
        field.m = m
        field.efConstruction = 40
        field.storage = storage
        let collection = try bench.create(
            CollectionSchema(
                vectors: [field],
                fields: [PayloadField(path: "price", kind: .float), PayloadField(path: "kind", kind: .keyword)]))
        let count = 5_000
        var random = SplitMix64(seed: 3)
        let payload = #"{"price":0.12345,"kind":"a","text":"\#(String(repeating: "x", count: 100))"}"#
        for start in stride(from: 0, to: count, by: 500) {
            try collection.upsert(
                (start..<start + 500).map { number in
                    let vector = (0..<dimension).map { _ in Float(random.next() >> 40) * 0x1p-24 }
                    let price = Double(random.next() >> 40)
                    return try UpsertPoint(
                        .number(UInt64(number)), vector, payload.replacing("0.12345", with: "\(price)"))
                })
        }
        while collection.state != .ready { Thread.sleep(forTimeInterval: 0.01) }
        collection.waitUntilLinked()
        try collection.checkpoint()
        let plan = CapacityPlan(
            CapacityPlan.Shape(
                points: count, dimension: dimension, storage: storage, m: m, efConstruction: 40,
                fields: [.float, .keyword], payloadBytes: payload.utf8.count + 3, threads: 1))
        let memory = Dictionary(uniqueKeysWithValues: collection.memory.map { ($0.part, $0.bytes) })
        for part in plan.memory where !["scratch", "filter_cache"].contains(part.name) {
            let isExact = ["vectors", "codes"].contains(part.name)
            let found = memory["v.\(part.name)"] ?? memory[part.name] ?? -1
            near(found, part.bytes, isExact ? 0 : part.name == "links" ? 0.02 : 0.2, part.name)
        }
        collection.close()
        func size(_ name: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: bench.folder + "/" + name)
            return (attributes[.size] as? NSNumber)?.intValue ?? 0
        }
        near(try size("collection.sqlite"), plan.disk[0].bytes, 0.2, "collection.sqlite")
        near(try size("v.hnsw"), plan.disk[2].bytes, 0.02, "v.hnsw")
    }

    @Test func `grows with everything that is asked for`() {
        func plan(_ change: (inout CapacityPlan.Shape) -> Void = { _ in }) -> (memory: Int, disk: Int, seconds: Double)
        {
            var shape = CapacityPlan.Shape(points: 1_000_000, dimension: 384, threads: 2)
            change(&shape)
            let plan = CapacityPlan(shape)
            return (
                plan.memory.reduce(0) { $0 + $1.bytes }, plan.disk.reduce(0) { $0 + $1.bytes }, plan.buildSeconds
            )
        }
        let plain = plan()
        #expect(plan { $0.points = 2_000_000 }.seconds > 2 * plain.seconds)
        #expect(plan { $0.m = 32 }.memory > plain.memory + 1_000_000 * 120)
        #expect(plan { $0.storage = .f32 }.memory == plan { $0.storage = .u8 }.memory - 384_000_000)
        #expect(plan { $0.payloadBytes = 400 }.disk > plain.disk + 400_000_000)
        #expect(plan { $0.fields = [.int] }.memory > plain.memory + 37_000_000)
        #expect(plan { $0.idBytes = 36 }.memory > plain.memory + 60_000_000)
        #expect(plan { $0.threads = 1 }.seconds > 1.7 * plain.seconds)
    }
}
