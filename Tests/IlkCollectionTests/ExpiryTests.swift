import Foundation
import GRDB
import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization
import Testing

/// A clock that stands still until it is set.
private final class Clock: Sendable {
    private let seconds = Mutex<Int64>(1_000)
    var now: Int64 { seconds.withLock { $0 } }
    func set(_ second: Int64) { seconds.withLock { $0 = second } }
}

@Suite struct `Points that expire` {
    let bench: Workbench
    let collection: VectorCollection
    private let clock = Clock()

    init() throws {
        bench = try Workbench()
        bench.setClock { [clock] in clock.now }
        collection = try bench.create()
        try collection.upsert([
            UpsertPoint("stays", [0, 0], #"{"price":1,"brand":"a"}"#),
            UpsertPoint("goes", [1, 0], #"{"price":2,"brand":"b"}"#, expiry: .at(1_100)),
            UpsertPoint("later", [2, 0], #"{"price":3,"brand":"b"}"#, expiry: .at(1_200)),
        ])
    }

    private func ids(of collection: VectorCollection, filter: String? = nil) throws -> [PointID] {
        try collection.search([0, 0], filter: filter).hits.map(\.id)
    }

    /// Waits until the writer has deleted what expired.
    private func waitUntilDeleted(_ count: Int, in collection: VectorCollection) throws {
        for _ in 0..<1_000 where collection.describedInt("expiring") != count { Thread.sleep(forTimeInterval: 0.01) }
        #expect(collection.describedInt("expiring") == count)
    }

    @Test func `are found until their second, and in no answer from it on`() throws {
        clock.set(1_099)
        #expect(try ids(of: collection) == ["stays", "goes", "later"])
        clock.set(1_100)
        #expect(try ids(of: collection) == ["stays", "later"])
        #expect(try ids(of: collection, filter: "brand = 'b'") == ["later"])
        #expect(try ids(of: collection, filter: "note is_empty") == ["stays", "later"])
        #expect(try collection.search([0, 0], exact: true).hits.map(\.id) == ["stays", "later"])
        #expect(try collection.count(nil) == 2)
        #expect(try collection.count(.text("price >= 1")) == 2)
        #expect(try collection.scroll(PointsScroll(collection: "things")).points.map(\.id) == ["stays", "later"])
        let found = try collection.get(ids: ["goes", "later"], withVectors: false, withPayload: .none)
        #expect(found.points.map(\.id) == ["later"])
        #expect(found.missing == ["goes"])
        let facets = try collection.facets(PointsFacets(collection: "things", field: "brand"))
        #expect(facets.map(\.count) == [1, 1])
        let error = #expect(throws: IlkError.self) {
            try collection.search(SearchRequest(collection: "things", query: .point("goes")))
        }
        #expect(error?.code == .notFound)
    }

    @Test func `are not offered by recommendations, by the items' ordinals`() throws {
        let view = try collection.items()
        let goes = try #require(view.ordinal(of: "goes"))
        clock.set(1_100)
        #expect(view.count == 2)
        #expect(view.ordinals(of: ["stays", "goes"])[1] == nil)
        #expect(view.ids(of: [goes]) == [nil])
        #expect(try view.admitted(nil)?.contains(goes.rawValue) == false)
        #expect(try view.nearest(to: [1, 0], field: 0, k: 3, among: nil).count == 2)
        #expect(try view.newest(3, within: 9) { _ in true }.count == 2)
    }

    @Test func `make a search end where no more are left`() throws {
        clock.set(1_500)
        let reply = try collection.search([0, 0], k: 3)
        #expect(reply.hits.map(\.id) == ["stays"])
        #expect(reply.exhausted)
    }

    @Test func `are deleted by the writer when nothing waits`() throws {
        let before = try #require(collection.describedInt("sequence"))
        clock.set(1_150)
        #expect(try collection.count(nil) == 2)
        // Any write wakes the writer; it would wake up by itself within five seconds.
        try collection.patch(.ids(["stays"]), #"{"price":9}"#)
        try waitUntilDeleted(1, in: collection)
        #expect(collection.describedInt("sequence") == before + 2)
        #expect(try collection.count(nil) == 2)
        #expect(try collection.problems() == [])
    }

    @Test func `are deleted a group at a time, all of them`() throws {
        try collection.upsert(
            (0..<2_000).map { try UpsertPoint(.number($0), [Float($0), 1], "{}", expiry: .at(1_050)) })
        #expect(try collection.count(nil) == 2_003)
        clock.set(1_060)
        #expect(try collection.count(nil) == 3)
        try collection.upsert([UpsertPoint("new", [5, 5])])
        try waitUntilDeleted(2, in: collection)
        #expect(try collection.count(nil) == 4)
        #expect(try collection.problems() == [])
    }

    @Test func `keep their time over a restart`() throws {
        collection.close()
        clock.set(1_100)
        let again = bench.openReady()
        #expect(try ids(of: again) == ["stays", "later"])
        let later = try again.get(ids: ["later"], withVectors: false, withPayload: .none).points.first
        #expect(later?.expires == 1_200)
        again.close()
    }

    @Test func `get another time from a patch, or none`() throws {
        try collection.patch(.ids(["goes"]), "{}", expiry: .at(1_300))
        try collection.patch(.filter(.text("price = 3")), #"{"brand":"c"}"#, expiry: .never)
        clock.set(1_250)
        #expect(try ids(of: collection) == ["stays", "goes", "later"])
        #expect(try collection.payload("later") == #"{"price":3,"brand":"c"}"#)
        #expect(try collection.payload("goes") == #"{"price":2,"brand":"b"}"#)
        clock.set(1_300)
        #expect(try ids(of: collection) == ["stays", "later"])
    }

    @Test func `keep their time when only the payload is patched, and lose it when they are replaced without one`()
        throws
    {
        try collection.patch(.ids(["goes"]), #"{"price":7}"#)
        try collection.upsert([UpsertPoint("later", [2, 0])])
        clock.set(1_500)
        #expect(try ids(of: collection) == ["stays", "later"])
    }

    @Test func `are not there for a patch or a delete, and are new to an upsert`() throws {
        clock.set(1_100)
        #expect(try collection.patch(.ids(["goes"]), #"{"price":7}"#).count == 0)
        #expect(try collection.delete(.ids(["goes"])).count == 0)
        #expect(try collection.patch(.filter(.text("price = 2")), #"{"price":7}"#).count == 0)
        try collection.upsert([UpsertPoint("goes", [1, 0])])
        #expect(try ids(of: collection) == ["stays", "goes", "later"])
        // At the end of the scroll: it is another point.
        let order = try collection.scroll(PointsScroll(collection: "things")).points.map(\.id)
        #expect(order == ["stays", "later", "goes"])
    }

    @Test func `cost nothing where no point has a time`() throws {
        try collection.patch(.ids(["goes", "later"]), "{}", expiry: .never)
        #expect(collection.describedInt("expiring") == 0)
        clock.set(9_999)
        #expect(try ids(of: collection) == ["stays", "goes", "later"])
        #expect(collection.isQuick(SearchRequest(collection: "things", query: .vector(WireVector([0, 0])))))
    }

    @Test func `come to a collection of an older format when it is opened`() throws {
        collection.close()
        do {
            let file = try DatabaseQueue(path: bench.folder + "/collection.sqlite")
            try file.write { database in
                try database.execute(sql: "ALTER TABLE point DROP COLUMN expires")
                try database.execute(sql: "UPDATE meta SET value = 2 WHERE key = 'format'")
            }
            try file.close()
        }
        let again = bench.openReady()
        #expect(try ids(of: again) == ["stays", "goes", "later"])
        try again.patch(.ids(["goes"]), "{}", expiry: .at(1_100))
        clock.set(1_100)
        #expect(try ids(of: again) == ["stays", "later"])
        again.close()
    }

    @Test func `text collections keep an expiry when a patch makes a new version of a point`() throws {
        let bench = try Workbench()
        bench.setClock { [clock] in clock.now }
        let shop = try bench.create(.shop)
        try shop.upsert([
            try UpsertPoint(
                id: "panda", vectors: [], payload: JSONText(JSONValue.parse(#"{"title":"plush panda"}"#)),
                expiry: .at(1_100))
        ])
        try shop.patch(.ids(["panda"]), #"{"title":"wooden panda"}"#)
        #expect(try shop.search(text: "panda").hits.count == 1)
        clock.set(1_100)
        #expect(try shop.search(text: "panda").hits.isEmpty)
        #expect(try shop.search(text: "panda", mode: .lexical).hits.isEmpty)
        shop.close()
    }
}
