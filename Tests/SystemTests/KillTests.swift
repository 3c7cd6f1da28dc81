import Dispatch
import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `survives kill -9` {
        static let dimension = 8

        /// `ILK_KILLS` runs more of them.
        @Test func `every acknowledged write is there, and nothing else is half there`() throws {
            let kills = ProcessInfo.processInfo.environment["ILK_KILLS"].flatMap { Int($0) } ?? 20
            var generator = Generator(state: UInt64(kills))
            let daemon = try Daemon()
            try daemon.connect().result(
                "collection.create",
                #"{"name":"things","vectors":{"v":{"dimension":\#(Self.dimension),"metric":"l2"}},"fields":{"version":"int"}}"#
            )
            let streams = (0..<3).map { WriteStream(number: $0) }
            for kill in 1...kills {
                let wires = try streams.map { _ in try daemon.connect() }
                let ended = DispatchGroup()
                for (stream, wire) in zip(streams, wires) {
                    ended.enter()
                    let hand = Hand(wire)
                    Thread.detachNewThread {
                        stream.run(hand.wire)
                        ended.leave()
                    }
                }
                usleep(.random(in: 20_000...500_000, using: &generator))
                daemon.kill()
                #expect(ended.wait(timeout: .now() + 60) == .success)

                try daemon.start()
                let wire = try daemon.connect()
                try wire.wait(for: "things")
                var total = 0
                for stream in streams {
                    let found = try stream.read(wire)
                    #expect(
                        stream.explains(found), "kill \(kill), stream \(stream.number): \(stream.difference(found))")
                    stream.adopt(found)
                    total += found.count
                }
                #expect(try wire.result("points.count", #"{"collection":"things"}"#)["count"]?.integer == total)
                #expect(
                    try wire.result("points.count", #"{"collection":"things","filter":"version >= 0"}"#)["count"]?
                        .integer == total)
                let recall = try meanRecall(wire, &generator)
                #expect(recall >= 0.98, "kill \(kill): recall@10 \(recall) of \(total) points")
            }
            #expect(streams.reduce(0) { $0 + $1.acknowledged } > kills, "the streams hardly wrote anything")
        }

        /// recall@10 of the graph against the exact search, over 20 queries.
        private func meanRecall(_ wire: Wire, _ generator: inout Generator) throws -> Double {
            var hits = 0
            var wanted = 0
            for _ in 0..<20 {
                let query = (0..<Self.dimension).map { _ in String(Float.random(in: 0...1, using: &generator)) }
                let search = #""collection":"things","vector":[\#(query.joined(separator: ","))],"k":10"#
                let truth = try wire.result("search", "{\(search),\"exact\":true}")["hits"]?.array ?? []
                let found = try wire.result("search", "{\(search)}")["hits"]?.array ?? []
                let ids = Set(found.compactMap { $0["id"]?.string })
                hits += truth.count { ids.contains($0["id"]?.string ?? "") }
                wanted += truth.count
            }
            return wanted == 0 ? 1 : Double(hits) / Double(wanted)
        }
    }
}

/// Carries a connection to the one thread that uses it.
private struct Hand: @unchecked Sendable {
    let wire: Wire
    init(_ wire: Wire) { self.wire = wire }
}

/// A client that upserts and deletes points of its own, several requests ahead, and knows what must be there.
///
/// Unchecked: between `run` on its thread and the checks on the test's lies a `DispatchGroup`.
private final class WriteStream: @unchecked Sendable {
    private enum Change {
        case upsert([Int: Int])
        case delete([Int])
    }

    private struct Pending {
        var request: Int
        var change: Change
        var isAcknowledged = false
    }

    static let ids = 2_000
    let number: Int
    private(set) var acknowledged = 0
    /// Versions by id, as acknowledged.
    private var state: [Int: Int] = [:]
    private var pending: [Pending] = []
    private var version = 0
    private var request = 0
    private var generator: Generator

    init(number: Int) {
        self.number = number
        generator = Generator(state: UInt64(number) &* 7_919 &+ 1)
    }

    /// Writes until the connection ends.
    func run(_ wire: Wire) {
        while true {
            while pending.count < 4 { guard sendOne(wire) else { return } }
            guard let reply = try? wire.json(), let id = reply["id"]?.integer else { return }
            guard reply["result"] != nil else {
                Issue.record("stream \(number): \(reply.text)")
                return
            }
            if let place = pending.firstIndex(where: { $0.request == id }) { pending[place].isAcknowledged = true }
            while let first = pending.first, first.isAcknowledged {
                Self.apply(first.change, to: &state)
                pending.removeFirst()
                acknowledged += 1
            }
        }
    }

    private func sendOne(_ wire: Wire) -> Bool {
        request += 1
        let count = Int.random(in: 0..<10, using: &generator) == 0 ? 200 : Int.random(in: 1...20, using: &generator)
        let ids = Set((0..<count).map { _ in Int.random(in: 0..<Self.ids, using: &generator) })
        let change: Change
        let params: String
        let method: String
        if Int.random(in: 0..<4, using: &generator) == 0 {
            change = .delete(Array(ids))
            method = "points.delete"
            params = #""ids":[\#(ids.map { "\"\(name($0))\"" }.joined(separator: ","))]"#
        } else {
            var versions: [Int: Int] = [:]
            let points = ids.map { id in
                version += 1
                versions[id] = version
                let vector = Self.vector(id, version, number).map { String($0) }.joined(separator: ",")
                return #"{"id":"\#(name(id))","vector":[\#(vector)],"payload":{"version":\#(version)}}"#
            }
            change = .upsert(versions)
            method = "points.upsert"
            params = #""points":[\#(points.joined(separator: ","))]"#
        }
        pending.append(Pending(request: request, change: change))
        return wire.send(#"{"id":\#(request),"method":"\#(method)","params":{"collection":"things",\#(params)}}"#)
    }

    private func name(_ id: Int) -> String { "\(number)-\(id)" }

    /// What is stored, with each point's vector checked against its version.
    func read(_ wire: Wire) throws -> [Int: Int] {
        var found: [Int: Int] = [:]
        for first in stride(from: 0, to: Self.ids, by: 500) {
            let names = (first..<first + 500).map { "\"\(name($0))\"" }.joined(separator: ",")
            let reply = try wire.result("points.get", #"{"collection":"things","ids":[\#(names)],"with_vectors":true}"#)
            for point in reply["points"]?.array ?? [] {
                guard let id = point["id"]?.string?.split(separator: "-").last.flatMap({ Int($0) }),
                    let version = point["payload"]?["version"]?.integer
                else { throw Wire.Failure(message: "a point without id or version: \(point.text)") }
                let vector = point["vectors"]?["v"]?.array.compactMap { $0.number.map { Float($0) } }
                #expect(vector == Self.vector(id, version, number), "point \(name(id)): a vector of another version")
                found[id] = version
            }
        }
        return found
    }

    /// Whether what is stored is what was acknowledged, and then some first part of what was not yet.
    func explains(_ found: [Int: Int]) -> Bool {
        var expected = state
        let least = pending.lastIndex { $0.isAcknowledged }.map { $0 + 1 } ?? 0
        for (place, next) in pending.enumerated() {
            if place >= least && expected == found { return true }
            Self.apply(next.change, to: &expected)
        }
        return expected == found
    }

    /// For the message of a failure: ids that are not as they were acknowledged.
    func difference(_ found: [Int: Int]) -> String {
        let ids = Set(found.keys).union(state.keys).filter { found[$0] != state[$0] }.sorted()
        let shown = ids.prefix(8).map {
            "\($0): acknowledged \(state[$0].map(String.init) ?? "-"), found \(found[$0].map(String.init) ?? "-")"
        }
        return "\(ids.count) differ, \(pending.count) requests pending; \(shown.joined(separator: "; "))"
    }

    /// Goes on from what is stored.
    func adopt(_ found: [Int: Int]) {
        state = found
        pending = []
    }

    private static func apply(_ change: Change, to state: inout [Int: Int]) {
        switch change {
        case .upsert(let versions): state.merge(versions) { $1 }
        case .delete(let ids): for id in ids { state[id] = nil }
        }
    }

    /// The vector of a version, the same each time.
    static func vector(_ id: Int, _ version: Int, _ stream: Int) -> [Float] {
        var generator = Generator(state: UInt64(id) &* 1_000_003 &+ UInt64(version) &* 31 &+ UInt64(stream))
        return (0..<8).map { _ in Float.random(in: 0...1, using: &generator) }
    }
}
