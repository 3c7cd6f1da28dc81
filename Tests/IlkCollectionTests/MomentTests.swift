import Foundation
import IlkCollection
import IlkProtocol
import Synchronization
import Testing

/// Answers beside a writer that replaces points without pause: every point is there at every moment.
@Suite struct `Beside a writer that replaces points` {
    static let count = 400
    private let bench: Workbench
    private let collection: VectorCollection

    init() throws {
        bench = try Workbench()
        collection = try bench.create(.l2(dimension: 4))
        for first in stride(from: 0, to: Self.count, by: 100) {
            try collection.upsert((first..<first + 100).map { try Self.point($0, version: 0) })
        }
    }

    private static func point(_ id: Int, version: Int) throws -> UpsertPoint {
        try UpsertPoint(
            .number(UInt64(id)), [Float(id), Float(version), 0, 1], #"{"n":1,"version":\#(version),"hidden":"x"}"#)
    }

    /// Runs `body` while another thread rewrites 100 points at a time, each with a new vector.
    private func beside(_ body: () throws -> Void) throws {
        let isDone = Atomic(false)
        let ended = DispatchSemaphore(value: 0)
        let failure = Mutex<String?>(nil)
        let collection = collection
        Thread.detachNewThread {
            do {
                var version = 1
                while !isDone.load(ordering: .relaxed) {
                    let first = version % 4 * 100
                    try collection.upsert((first..<first + 100).map { try Self.point($0, version: version) })
                    version += 1
                }
            } catch {
                failure.withLock { $0 = "\(error)" }
            }
            ended.signal()
        }
        do {
            defer {
                isDone.store(true, ordering: .relaxed)
                ended.wait()
            }
            try body()
        }
        #expect(failure.withLock { $0 } == nil)
        collection.close()
    }

    @Test func `k means k, whatever the filter and the payload`() throws {
        try beside {
            for round in 0..<300 {
                let filter: String? = [nil, "n = 1", "hidden = 'x'"][round % 3]
                let reply = try collection.search([200, 0, 0, 1], k: Self.count, filter: filter)
                #expect(reply.hits.count == Self.count && !reply.exhausted)
                #expect(Set(reply.hits.map(\.id)).count == Self.count)
            }
        }
    }

    @Test func `hits have payloads that pass, though these alone are patched meanwhile`() throws {
        let isDone = Atomic(false)
        let ended = DispatchSemaphore(value: 0)
        let collection = collection
        Thread.detachNewThread {
            var n = 2
            while !isDone.load(ordering: .relaxed) {
                _ = try? collection.patch(.ids((0..<200).map { .number($0) }), #"{"n":\#(n),"hidden":"\#(n)"}"#)
                n = 3 - n
            }
            ended.signal()
        }
        defer {
            isDone.store(true, ordering: .relaxed)
            ended.wait()
            collection.close()
        }
        for round in 0..<400 {
            let filter = ["n = 1", "n = 2", "hidden = '1'", "hidden = '2'"][round % 4]
            for hit in try collection.search([100, 0, 0, 1], k: 20, filter: filter).hits {
                let payload = try #require(hit.payload).parsed()
                guard case .object(let members) = payload else { throw IlkError(.internal, "\(payload) is no object") }
                let found = filter.hasPrefix("n") ? members["n"] : members["hidden"]
                let wanted: JSONValue =
                    filter.hasPrefix("n") ? .int(round % 4 == 0 ? 1 : 2) : .string(round % 4 == 2 ? "1" : "2")
                #expect(found == wanted)
            }
        }
    }

    @Test func `counts, facets and pages are of one moment`() throws {
        try beside {
            for round in 0..<100 {
                let filter = WireFilter.text(round.isMultiple(of: 2) ? "n = 1" : "hidden = 'x'")
                #expect(try collection.count(filter) == Self.count)
                let facets = try collection.facets(PointsFacets(collection: "things", field: "n", filter: filter))
                #expect(facets.map(\.count) == [Self.count])
                let page = try collection.scroll(PointsScroll(collection: "things", filter: filter, limit: 1_000))
                #expect(page.points.count == Self.count && page.nextCursor == nil)
            }
        }
    }
}
