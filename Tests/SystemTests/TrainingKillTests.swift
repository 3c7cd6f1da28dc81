import Dispatch
import Foundation
import Glibc
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `survives kill -9 while it trains` {
        static let kinds = ["als", "ease", "item_cf", "swing"]

        /// `ILK_KILLS` runs more of them.
        @Test func `the models of before answer, or whole new ones, and no event is lost`() throws {
            let kills = ProcessInfo.processInfo.environment["ILK_KILLS"].flatMap { Int($0) } ?? 8
            var generator = Generator(state: UInt64(kills))
            let daemon = try Daemon()
            let first = try daemon.connect()
            try `matches items and people`.shop(first)
            var events = try append(first, people: 0..<200)
            let began = ContinuousClock.now
            try first.result("match.train", Self.training)
            let milliseconds = max(20, Int((ContinuousClock.now - began) / .milliseconds(1)))
            var before = try Standing(first)
            #expect(before.active == Dictionary(uniqueKeysWithValues: Self.kinds.map { ($0, 1) }))
            var interrupted = 0
            for kill in 1...kills {
                let wire = try daemon.connect()
                try wire.wait(for: "shop")
                events += try append(wire, people: 200 + 10 * kill..<210 + 10 * kill)
                wire.send(#"{"id":1,"method":"match.train","params":\#(Self.training)}"#)
                usleep(UInt32.random(in: 0...UInt32(milliseconds * 1_200), using: &generator))
                daemon.kill()
                // What was answered before the end has to be there after it.
                let isAcknowledged = wire.line().flatMap { try? JSONValue.parse($0) }?["result"] != nil

                try daemon.start()
                let again = try daemon.connect()
                try again.wait(for: "shop")
                #expect(try count(again) == events, "kill \(kill)")
                let after = try Standing(again)
                for kind in Self.kinds {
                    let old = before.active[kind] ?? 0, new = after.active[kind] ?? 0
                    #expect(new == old + 1 || new == old && !isAcknowledged, "kill \(kill): \(kind) \(old), now \(new)")
                    #expect(after.kept[kind] == Array(max(1, new - 1)...max(1, new)), "kill \(kill): \(kind)")
                    guard new == old else { continue }
                    interrupted += 1
                    #expect(after.answers[kind] == before.answers[kind], "kill \(kill): \(kind) answers otherwise")
                }
                try activateEach(again, after)
                before = try Standing(again)
                #expect(before == after, "kill \(kill): something else after the models changed and changed back")
            }
            #expect(interrupted > 0, "every training was over before its kill")
        }

        private static let training =
            #"{"collection":"shop","models":["item_cf","swing","ease","als"],"factors":64,"iterations":30}"#

        /// Every person chooses six goods of one kind; how many events that were, all acknowledged.
        ///
        /// Some goods are chosen far more often than others, so no two scores are alike and no order of answers hangs on a
        /// rounding error.
        private func append(_ wire: Wire, people: Range<Int>) throws -> Int {
            let events = people.flatMap { user in
                var generator = Generator(state: UInt64(user))
                return (0..<6).map { turn in
                    let number = Int.random(in: 0...Int.random(in: 0..<20, using: &generator), using: &generator)
                    let item = user.isMultiple(of: 2) ? "toy-\(number)" : "shoe-\(20 + number)"
                    return #"{"key":"\#(user)-\#(turn)","user":"u\#(user)","item":"\#(item)","type":"order"}"#
                }
            }
            let reply = try wire.result(
                "events.append", #"{"collection":"shop","events":[\#(events.joined(separator: ","))]}"#)
            #expect(reply["appended"]?.integer == events.count)
            return events.count
        }

        private func count(_ wire: Wire) throws -> Int {
            var count = 0
            var cursor: String?
            repeat {
                let params = #"{"collection":"shop","limit":5000\#(cursor.map { ",\"cursor\":\"\($0)\"" } ?? "")}"#
                let page = try wire.result("events.scroll", params)
                count += page["events"]?.array.count ?? 0
                cursor = page["next_cursor"]?.string
            } while cursor != nil
            return count
        }

        /// Puts every kept model in place once, so that each is read whole, and those of before again.
        private func activateEach(_ wire: Wire, _ standing: Standing) throws {
            for kind in Self.kinds {
                let active = standing.active[kind] ?? 0
                for generation in (standing.kept[kind] ?? []).filter({ $0 != active }) + [active] {
                    try wire.result(
                        "match.activate", #"{"collection":"shop","model":"\#(kind)","generation":\#(generation)}"#)
                    #expect(try !Standing.ids(wire, kind).isEmpty)
                }
            }
        }

        /// The models of a daemon, and what they answer.
        private struct Standing: Equatable {
            /// Generations by kind, rising.
            var kept: [String: [Int]] = [:]
            /// By kind the generation that answers.
            var active: [String: Int] = [:]
            /// By kind.
            var answers: [String: [String]] = [:]

            init(_ wire: Wire) throws {
                for model in try wire.result("match.models", #"{"collection":"shop"}"#)["models"]?.array ?? [] {
                    guard let kind = model["name"]?.string, let generation = model["generation"]?.integer else {
                        continue
                    }
                    kept[kind, default: []].append(generation)
                    guard model["active"] == .bool(true) else { continue }
                    #expect(active[kind] == nil, "two generations of \(kind) are active")
                    active[kind] = generation
                }
                for kind in `survives kill -9 while it trains`.kinds { answers[kind] = try Self.ids(wire, kind) }
            }

            /// What a model brings a person who does nothing more.
            static func ids(_ wire: Wire, _ kind: String) throws -> [String] {
                try `matches items and people`.ids(wire, #""user":"u3","k":5,"channels":{"\#(kind)":10}"#)
            }
        }
    }
}
