import Foundation
import Glibc
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `ranks by what was shown and taken` {
        /// Sixty answers, of each of which the first toy is clicked.
        private func show(_ wire: Wire, answers: Int = 60) throws {
            for answer in 0..<answers {
                let user = "u\(answer % 20)"
                let shown = try wire.result(
                    "match.items",
                    #"{"collection":"shop","user":"\#(user)","k":6,"channels":{"new":40},"explore":0.9,"seed":\#(answer),"log":true,"context":{"hour":\#(answer % 24)},"with_payload":false}"#
                )
                let ids = shown["items"]?.array.compactMap { $0["id"]?.string } ?? []
                guard let toy = ids.first(where: { $0.hasPrefix("toy") }) else { continue }
                try wire.result(
                    "events.append",
                    #"{"collection":"shop","events":[{"user":"\#(user)","item":"\#(toy)","type":"click","context":{"by":"\#(user)"}}]}"#
                )
            }
        }

        private static let training =
            #"{"collection":"shop","models":["ranker"],"within_hours":0.0003,"go_live":"always"}"#

        @Test func `a model that was learned answers, and outlives kill -9 with all that was logged`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try `matches items and people`.shop(wire)
            try show(wire)
            usleep(2_300_000)
            let trained = try wire.result("match.train", Self.training)
            #expect(trained["models"]?[0]?["report"]?["learned"]?["answers"] == .int(60), "\(trained.text)")
            let question =
                #"{"collection":"shop","user":"u3","k":5,"channels":{"new":40},"explain":true,"with_payload":false}"#
            let before = try wire.result("match.items", question)["items"]?.array ?? []
            #expect(before.allSatisfy { $0["ranking"]?["log_odds"] != nil })
            daemon.kill()
            try daemon.start()
            let again = try daemon.connect()
            try again.wait(for: "shop")
            let state = try again.result("match.ranker", #"{"collection":"shop"}"#)
            #expect(state["live"] == .int(1) && state["logged"] == .int(60), "\(state.text)")
            let after = try again.result("match.items", question)["items"]?.array ?? []
            #expect(after.map { $0["id"] } == before.map { $0["id"] })
            let shown = try CommandLineRun("match", "shown", "shop", "--all", "--json", daemon: daemon)
            let lines = try shown.output.split(separator: "\n").map { try JSONValue.parse(String($0)) }
            #expect(lines.count == 360 && lines.contains { $0["reward"] == .int(1) })
            let off = try CommandLineRun("match", "ranker", "shop", "--use", "off", daemon: daemon)
            #expect(
                off.output.contains("merged scores order candidates; 60 answers logged"), "\(off.output)\(off.notes)")
            let learned = try CommandLineRun(
                "match", "train", "shop", "ranker", "--within-hours", "0.0003", "--go-live", "never", daemon: daemon)
            #expect(
                learned.output.contains("it does not answer: it was asked not to"), "\(learned.output)\(learned.notes)")
            let items = try CommandLineRun(
                "match", "items", "shop", "--user", "u3", "--log", "--context", "hour=20", "-k", "3", daemon: daemon)
            #expect(items.status == 0, "\(items.notes)")
            let table = try CommandLineRun("match", "shown", "shop", "-n", "2", daemon: daemon)
            #expect(table.output.contains("propensity"), "\(table.notes)")
        }

        @Test func `variants of an experiment are compared by what was taken of them`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try `matches items and people`.shop(wire)
            for user in 0..<60 {
                let shown = try wire.result(
                    "match.items",
                    #"{"collection":"shop","user":"u\#(user)","k":4,"channels":{"new":40},"log":true,"with_payload":false,"experiment":{"name":"kinds","variants":[{"name":"all"},{"name":"toys","set":{"filter":"kind = 'toy'"}}]}}"#
                )
                // Toys only are taken, two of four where there are only toys.
                let toys = shown["items"]?.array.compactMap { $0["id"]?.string }.filter { $0.hasPrefix("toy") } ?? []
                let variant = shown["experiment"]?["variant"]?.string
                for toy in toys.prefix(variant == "toys" ? 2 : 0) {
                    try wire.result(
                        "events.append",
                        #"{"collection":"shop","events":[{"user":"u\#(user)","item":"\#(toy)","type":"click"}]}"#)
                }
            }
            let lines = try CommandLineRun("match", "shown", "shop", "--all", "--json", daemon: daemon).output
            let compared = try CommandLineRun(
                "eval", "policy", "-", "--experiment", "kinds", "--json", daemon: daemon, input: lines)
            let variants = try compared.output.split(separator: "\n").map { try JSONValue.parse(String($0)) }
            #expect(variants.map { $0["variant"]?.string } == ["all", "toys"], "\(compared.notes)")
            #expect(variants.map { $0["snips"]?.number } == [0, 0.5])
            let greedy = try CommandLineRun("eval", "policy", "-", "--greedy", daemon: daemon, input: lines)
            #expect(greedy.status == 0 && greedy.output.contains("SNIPS"), "\(greedy.notes)")
            let none = try CommandLineRun("eval", "policy", "-", daemon: daemon, input: lines)
            #expect(none.status == 1 && none.notes.contains("or give --greedy, or --experiment"), "\(none.notes)")
            let other = try CommandLineRun(
                "eval", "policy", "-", "--experiment", "other", daemon: daemon, input: lines)
            #expect(other.status == 2, "\(other.notes)")
        }

        @Test func `what was shown to somebody is in no file once the person is forgotten`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try `matches items and people`.shop(wire)
            let name = "someone-who-was-shown-something"
            for hour in 0..<30 {
                try wire.result(
                    "match.items",
                    #"{"collection":"shop","user":"\#(name)","k":5,"channels":{"new":40},"log":true,"context":{"hour":\#(hour),"who":"\#(name)"}}"#
                )
            }
            #expect(try wire.result("match.ranker", #"{"collection":"shop"}"#)["logged"] == .int(30))
            try wire.result("profile.forget", #"{"collection":"shop","user":"\#(name)"}"#)
            #expect(try wire.result("match.ranker", #"{"collection":"shop"}"#)["logged"] == .int(0))
            try wire.result("events.compact", #"{"collection":"shop"}"#)
            for file in FileManager.default.enumerator(atPath: daemon.data)?.compactMap({ $0 as? String }) ?? [] {
                let bytes = FileManager.default.contents(atPath: daemon.data + "/" + file)
                #expect(bytes?.range(of: Data(name.utf8)) == nil, "\(file)")
            }
        }
    }
}
