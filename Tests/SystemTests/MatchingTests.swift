import Dispatch
import Foundation
import Glibc
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `matches items and people` {
        /// Forty goods in two directions, of two kinds.
        static func shop(_ wire: Wire) throws {
            try wire.result(
                "collection.create",
                #"{"name":"shop","vectors":{"v":{"dimension":3,"metric":"cosine"}},"fields":{"kind":"keyword","brand":"keyword"}}"#
            )
            let points = (0..<40).map { number in
                let isToy = number < 20
                let vector = isToy ? "1,0,\(Double(number) / 50)" : "0,1,\(Double(number) / 50)"
                return
                    #"{"id":"\#(isToy ? "toy" : "shoe")-\#(number)","vector":[\#(vector)],"payload":{"kind":"\#(isToy ? "toy" : "shoe")","brand":"b\#(number % 5)"}}"#
            }
            try wire.result("points.upsert", #"{"collection":"shop","points":[\#(points.joined(separator: ","))]}"#)
        }

        static func ids(_ wire: Wire, _ params: String) throws -> [String] {
            try wire.result("match.items", #"{"collection":"shop",\#(params)}"#)["items"]?.array.compactMap {
                $0["id"]?.string
            } ?? []
        }

        @Test func `an event changes the next answer, on any connection`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect(), other = try daemon.connect()
            try Self.shop(wire)
            for turn in 0..<20 {
                let kind = turn.isMultiple(of: 2) ? "toy" : "shoe"
                let item = turn.isMultiple(of: 2) ? "toy-3" : "shoe-23"
                let events = #"[{"user":"u\#(turn)","item":"\#(item)","type":"click"}]"#
                #expect(
                    try wire.result("events.append", #"{"collection":"shop","events":\#(events)}"#)["appended"]
                        == .int(1))
                let found = try Self.ids(other, #""user":"u\#(turn)","k":5,"channels":{"content":20}"#)
                #expect(found.count == 5)
                #expect(found.allSatisfy { $0.hasPrefix(kind) }, "\(found)")
            }
        }

        @Test func `the command line appends, matches, shows and forgets`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try Self.shop(wire)
            let lines = (0..<30).map {
                #"{"key":"e\#($0)","user":"u\#($0 % 3)","item":"\#($0 % 3 == 0 ? "toy-\($0 / 3)" : "shoe-\(20 + $0 / 3)")","type":"\#($0 % 4 == 0 ? "order" : "click")"}"#
            }
            let file = try daemon.file("events.ndjson", lines.joined(separator: "\n") + "\n\n")
            let appended = try CommandLineRun("events", "append", "shop", file, "--batch", "7", daemon: daemon)
            #expect(appended.output == "30 events appended\n", "\(appended.notes)")
            let again = try CommandLineRun(
                "events", "append", "shop", "-", daemon: daemon, input: lines.joined(separator: "\n"))
            #expect(again.output == "0 events appended, 30 were there already\n", "\(again.notes)")
            let scrolled = try CommandLineRun(
                "events", "scroll", "shop", "--user", "u0", "--all", "--json", daemon: daemon)
            #expect(scrolled.output.split(separator: "\n").count == 10)
            let items = try CommandLineRun("match", "items", "shop", "--user", "u0", "-k", "5", daemon: daemon)
            #expect(items.status == 0, "\(items.notes)")
            #expect(items.output.contains("toy-"))
            let users = try CommandLineRun("match", "users", "shop", "--item", "toy-1", "--json", daemon: daemon)
            #expect(try JSONValue.parse(users.output)["users"]?[0]?["id"]?.string == "u0", "\(users.output)")
            let similar = try CommandLineRun("match", "similar", "shop", "--item", "toy-1", "-k", "2", daemon: daemon)
            #expect(similar.status == 0, "\(similar.notes)")
            let profile = try CommandLineRun("profile", "get", "shop", "u0", "--json", daemon: daemon)
            #expect(try JSONValue.parse(profile.output)["actions"]?.integer == 10)
            let forgotten = try CommandLineRun("profile", "forget", "shop", "u0", "--compact", daemon: daemon)
            #expect(forgotten.output == "forgotten, with 10 events\n", "\(forgotten.notes)")
            #expect(try CommandLineRun("profile", "get", "shop", "u0", daemon: daemon).status == 1)
            let bad = try CommandLineRun(
                "events", "append", "shop", "-", daemon: daemon,
                input: "{\"user\":\"u1\",\"item\":\"toy-1\",\"type\":\"clck\"}\n")
            #expect(bad.status == 1)
            #expect(bad.notes.contains("did you mean 'click'"), "\(bad.notes)")
        }

        @Test func `audiences are kept by name, through kill -9, until their people are forgotten`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try Self.shop(wire)
            let name = "somebody-in-an-audience"
            let people = try daemon.file("people.txt", "u1\n7\n\(name)\n")
            for user in 0..<10 {
                try wire.result(
                    "events.append",
                    #"{"collection":"shop","events":[{"user":"u\#(user)","item":"toy-\#(user)","type":"order"}]}"#)
            }
            let saved = try CommandLineRun("audience", "save", "shop", "some", "--file", people, daemon: daemon)
            #expect(saved.output == "some: 3 people\n", "\(saved.notes)")
            let found = try CommandLineRun(
                "audience", "save", "shop", "toys", "--item", "toy-3", "-k", "5", daemon: daemon)
            #expect(found.output == "toys: 5 people\n", "\(found.notes)")
            daemon.kill()
            try daemon.start()
            try daemon.connect().wait(for: "shop")
            let list = try CommandLineRun("audience", "list", "shop", daemon: daemon)
            #expect(list.output.contains("some") && list.output.contains("toys"), "\(list.notes)")
            let shown = try CommandLineRun("audience", "get", "shop", "some", "--all", daemon: daemon)
            #expect(shown.output == "\"u1\"\n7\n\"\(name)\"\n", "\(shown.output)\(shown.notes)")
            let alike = try CommandLineRun(
                "match", "users", "shop", "--audience", "toys", "--json", daemon: daemon)
            #expect(alike.status == 0, "\(alike.notes)")
            #expect(try CommandLineRun("profile", "forget", "shop", name, "--compact", daemon: daemon).status == 0)
            #expect(try occurrences(of: name, in: daemon.data) == 0)
            #expect(try CommandLineRun("audience", "delete", "shop", "some", daemon: daemon).status == 0)
            #expect(try CommandLineRun("audience", "get", "shop", "some", daemon: daemon).status == 1)
        }

        @Test func `who is forgotten is in no file of the data folder, however the daemon ends`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try Self.shop(wire)
            let name = "somebody-who-wants-to-be-forgotten"
            for batch in 0..<10 {
                let events = (0..<100).map {
                    #"{"key":"\#(name)-\#(batch)-\#($0)","user":"\#($0 % 2 == 0 ? name : "u\($0)")","item":"toy-\#($0 % 20)","type":"click","context":{"by":"\#($0 % 2 == 0 ? name : "-")"}}"#
                }.map {
                    $0.contains("\"user\":\"\(name)\"") ? $0 : $0.replacing("\"key\":\"\(name)-", with: "\"key\":\"k-")
                }
                try wire.result("events.append", #"{"collection":"shop","events":[\#(events.joined(separator: ","))]}"#)
            }
            #expect(try occurrences(of: name, in: daemon.data) > 0)
            #expect(
                try wire.result("profile.forget", #"{"collection":"shop","user":"\#(name)"}"#)["deleted"] == .int(500))
            try wire.result("events.compact", #"{"collection":"shop"}"#)
            #expect(try occurrences(of: name, in: daemon.data) == 0)
            daemon.kill()
            #expect(try occurrences(of: name, in: daemon.data) == 0)
            try daemon.start()
            let again = try daemon.connect()
            try again.wait(for: "shop")
            #expect(try again.refusal("profile.get", #"{"collection":"shop","user":"\#(name)"}"#) == "not_found")
            #expect(try again.result("profile.get", #"{"collection":"shop","user":"u1"}"#)["actions"] == .int(10))
        }

        private func occurrences(of name: String, in folder: String) throws -> Int {
            var count = 0
            for file in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
                guard let bytes = FileManager.default.contents(atPath: folder + "/" + file) else { continue }
                if bytes.range(of: Data(name.utf8)) != nil { count += 1 }
            }
            return count
        }

        /// `ILK_KILLS` runs more of them.
        @Test func `kill -9 loses no acknowledged event and doubles none`() throws {
            let kills = ProcessInfo.processInfo.environment["ILK_KILLS"].flatMap { Int($0) } ?? 6
            let daemon = try Daemon()
            try Self.shop(try daemon.connect())
            var acknowledged = 0
            var sent = 0
            for kill in 1...kills {
                let wire = try daemon.connect()
                try wire.wait(for: "shop")
                let process = daemon.process.processIdentifier
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(60 + 70 * (kill % 5))) {
                    _ = Glibc.kill(process, SIGKILL)
                }
                // Batches of 20, a few of them under way, until the daemon is gone.
                var waiting = 0
                while true {
                    let events = (sent..<sent + 20).map {
                        #"{"key":"e\#($0)","user":"u\#($0 % 10)","item":"toy-\#($0 % 20)","type":"click"}"#
                    }
                    guard
                        wire.send(
                            #"{"id":\#(sent),"method":"events.append","params":{"collection":"shop","events":[\#(events.joined(separator: ","))]}}"#
                        )
                    else { break }
                    sent += 20
                    waiting += 1
                    guard waiting >= 4 else { continue }
                    guard let line = wire.line(), let reply = try? JSONValue.parse(line) else { break }
                    if reply["result"] != nil { acknowledged = max(acknowledged, (reply["id"]?.integer ?? 0) + 20) }
                    waiting -= 1
                }
                daemon.kill()
                try daemon.start()
                let again = try daemon.connect()
                try again.wait(for: "shop")
                let keys = try keys(again)
                #expect(Set(keys).count == keys.count, "kill \(kill): an event is there twice")
                #expect(keys.count >= acknowledged, "kill \(kill): \(keys.count) of \(acknowledged) acknowledged")
                #expect(keys == (0..<keys.count).map { "e\($0)" }, "kill \(kill): the order is another one")
                try checkProfiles(again, of: keys)
                sent = keys.count
            }
            #expect(acknowledged > 0)
        }

        private func keys(_ wire: Wire) throws -> [String] {
            var keys: [String] = []
            var cursor: String?
            repeat {
                let params = #"{"collection":"shop","limit":5000\#(cursor.map { ",\"cursor\":\"\($0)\"" } ?? "")}"#
                let page = try wire.result("events.scroll", params)
                keys += page["events"]?.array.compactMap { $0["key"]?.string } ?? []
                cursor = page["next_cursor"]?.string
            } while cursor != nil
            return keys
        }

        /// Every profile is what the log says.
        private func checkProfiles(_ wire: Wire, of keys: [String]) throws {
            for user in 0..<10 {
                let own = keys.indices.filter { $0 % 10 == user }
                guard let last = own.last else { continue }
                let profile = try wire.result("profile.get", #"{"collection":"shop","user":"u\#(user)"}"#)
                #expect(profile["actions"]?.integer == min(own.count, 1_024))
                #expect(profile["recent"]?[0]?["item"]?.string == "toy-\(last % 20)")
            }
        }
    }
}
