import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `tells what its memory is of` {
        /// The sum of an object's numbers.
        private func sum(_ value: JSONValue?) -> Int {
            guard case .object(let object)? = value else { return 0 }
            return object.members.reduce(0) { $0 + ($1.value.integer ?? 0) }
        }

        /// Bytes that `collection.describe` counts in memory.
        private func counted(_ wire: Wire) throws -> Int {
            let memory = try wire.result("collection.describe", #"{"collection":"things"}"#)["memory"]
            return sum(memory)
        }

        @Test func `what a collection adds to its resident memory is what describe counts, within a tenth`() throws {
            let daemon = try Daemon()
            var wire = try daemon.connect()
            _ = try wire.result(
                "collection.create",
                #"{"name":"things","vectors":{"v":{"dimension":512,"metric":"l2","storage":"u8","hnsw":{"m":4,"ef_construction":8}}},"fields":{"n":"int","word":"keyword"}}"#
            )
            let empty = daemon.residentBytes
            let count = 40_000
            let components = (0..<512 + 97).map { Float(($0 * 7_919) % 1_000) / 1_000 }
            for start in stride(from: 0, to: count, by: 500) {
                let points = (start..<start + 500).map { number in
                    // Other vectors than each other's: a slide over the same numbers, and a step.
                    var vector = Array(components[number % 97..<number % 97 + 512])
                    vector[number % 512] += Float(number) / Float(count)
                    let payload = #"{"n":\#(number),"word":"w\#(number % 100)"}"#
                    return
                        #"{"id":"thing-\#(number)","vector":"\#(Base64Vector.encode(vector))","payload":\#(payload)}"#
                }
                _ = try wire.result(
                    "points.upsert", #"{"collection":"things","points":[\#(points.joined(separator: ","))]}"#)
            }
            #expect(daemon.terminate() == 0)
            // A start has no parsers that saw long lines, and no room left over from loading.
            try daemon.start()
            wire = try daemon.connect()
            try wire.wait(for: "things")
            let grown = daemon.residentBytes - empty
            let told = try counted(wire)
            #expect(told > 100 << 20)
            // Huge pages round each of a dozen arrays up to 2 MiB.
            #expect(abs(grown - told) < told / 10 + 24 << 20, "grown by \(grown), describe counts \(told)")
            let stats = try wire.result("stats")
            let parts = sum(stats["memory"])
            #expect(abs(parts - (stats["rss_bytes"]?.integer ?? 0)) < 1 << 20)
        }
    }
}
