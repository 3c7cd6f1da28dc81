import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `distributes venues to people` {
        private func loaded() throws -> Daemon {
            let daemon = try Daemon.withoutModels()
            let products = try daemon.file(
                "products.ndjson",
                """
                {"id":"p1","title":"Plush panda"}
                {"id":"p2","title":"Panda puzzle"}
                {"id":"p3","title":"Tea kettle"}
                {"id":"p4","title":"Desk lamp"}

                """)
            let load = try CommandLineRun(
                "load", "shop", products, "--create", "--vector", "text={title}", "--text", "title", daemon: daemon)
            #expect(load.status == 0, "\(load.notes)")
            for (id, title) in [("pandas", "Panda"), ("tea", "Tea kettle"), ("desk", "Desk lamp")] {
                let kept = try CommandLineRun(
                    "theme", "upsert", "shop", "--id", id, "--title", title, daemon: daemon)
                #expect(kept.status == 0, "\(kept.notes)")
            }
            return daemon
        }

        @Test func `from the command line, with rules and feedback`() throws {
            let daemon = try loaded()
            let events = try daemon.file(
                "events.ndjson", #"{"user":"u1","item":"p2","type":"order"}"# + "\n")
            #expect(try CommandLineRun("events", "append", "shop", events, daemon: daemon).status == 0)
            let rules = try CommandLineRun(
                "theme", "traffic", "shop", "tea", "--guarantee", "500/0.01", "--cap-per-hour", "2", daemon: daemon)
            #expect(
                rules.output.contains("guaranteed 500 in 0.01 h, 500 missing; at most 2 an hour"), "\(rules.output)")
            let shown = try CommandLineRun(
                "theme", "distribute", "shop", "--user", "u1", "--theme", "pandas", "-k", "1", daemon: daemon)
            #expect(shown.status == 0 && shown.output.contains("p2"), "\(shown.output) \(shown.notes)")
            let told = try CommandLineRun(
                "theme", "feedback", "shop", "--theme", "pandas", "--user", "u1", daemon: daemon)
            #expect(told.output == "1 event counted\n", "\(told.output) \(told.notes)")
            let capped = try (0..<4).map { _ in
                try CommandLineRun("theme", "distribute", "shop", "--theme", "tea", daemon: daemon).status
            }
            #expect(capped == [0, 0, 2, 2])
            let wrong = try CommandLineRun("theme", "distribute", "shop", "--theme", "panda", daemon: daemon)
            #expect(wrong.status == 1 && wrong.notes.contains("did you mean 'pandas'?"), "\(wrong.notes)")
            #expect(try CommandLineRun("theme", "traffic", "shop", "--cap-per-hour", "2", daemon: daemon).status == 64)
            let simulated = try CommandLineRun("eval", "distribute", "--requests", "500", "--json", daemon: daemon)
            #expect(simulated.output.split(separator: "\n").count == 4, "\(simulated.output) \(simulated.notes)")
        }

        @Test func `and their products to matches, by the themes that somebody likes`() throws {
            let daemon = try loaded()
            let wire = try daemon.connect()
            try wire.result(
                "events.append", #"{"collection":"shop","events":[{"user":"u1","item":"p2","type":"order"}]}"#)
            let matched = try wire.result(
                "match.items", #"{"collection":"shop","user":"u1","k":3,"channels":{"theme":5},"with_payload":false}"#)
            #expect(matched["items"]?[0]?["id"]?.string == "p1", "\(matched.text)")
            #expect(
                matched["items"]?[0]?["reason"]?.string == "of the theme 'Panda', which is what this person likes")
            #expect(
                try wire.refusal("match.items", #"{"collection":"shop","channels":{"theme":5}}"#) == "invalid_request")
            let event = try daemon.file("feedback.ndjson", #"{"key":"k1","theme":"tea","type":"click"}"# + "\n")
            let first = try CommandLineRun("theme", "feedback", "shop", event, daemon: daemon)
            let again = try CommandLineRun("theme", "feedback", "shop", event, daemon: daemon)
            #expect(first.output == "1 event counted\n", "\(first.notes)")
            #expect(again.output == "0 events counted, 1 were counted already\n", "\(again.notes)")
        }

        @Test func `with caps that hold for eight clients at once, and rules that outlive kill -9`() throws {
            let daemon = try loaded()
            let wire = try daemon.connect()
            try wire.result(
                "theme.traffic",
                #"{"collection":"shop","venues":[{"theme":"pandas","cap_per_hour":30},{"theme":"tea","cap_per_hour":7},{"theme":"desk","cap_per_hour":100000}]}"#
            )
            let clients = try (0..<8).map { _ in try daemon.connect() }
            for client in clients {
                for visit in 0..<25 {
                    client.send(
                        #"{"id":\#(visit),"method":"theme.distribute","params":{"collection":"shop","k":3}}"#)
                }
            }
            var counts: [String: Int] = [:]
            for client in clients {
                for _ in 0..<25 {
                    for theme in try client.json()["result"]?["themes"]?.array ?? [] {
                        counts[theme["id"]?.string ?? "", default: 0] += 1
                    }
                }
            }
            #expect(counts == ["pandas": 30, "tea": 7, "desk": 200])
            daemon.kill()
            try daemon.start()
            let again = try daemon.connect()
            try again.wait(for: "shop")
            let venues = try again.result("theme.traffic", #"{"collection":"shop"}"#)["venues"]?.array ?? []
            #expect(venues.map { $0["cap_per_hour"]?.integer } == [30, 7, 100_000])
        }
    }
}
