import Foundation
import IlkProtocol
import Testing

private let catalogue = """
    {"id":"p1","title":"Plush panda","category":"toys","brand":"Dodo","price":12.5}
    {"id":"p2","title":"熊猫毛绒玩具","category":"toys","brand":"朵朵","price":39}
    {"id":"p3","title":"Panda kettle","category":"kitchen","brand":"Dodo","price":25}
    {"id":"p4","title":"Desk lamp","category":"lighting","brand":"Lumo","price":30}

    """

private let themes = """
    {"id":"pandas","title":"Panda","hot_words":["plush","熊猫"],"industry":"toys","heat":9}
    {"id":"tea","title":"Afternoon tea","hot_words":["kettle"],"industry":"kitchen"}

    """

extension `The daemon` {
    @Suite struct `keeps themes and fills them` {
        private func loaded() throws -> Daemon {
            let daemon = try Daemon.withoutModels()
            let products = try daemon.file("products.ndjson", catalogue)
            let run = try CommandLineRun(
                "load", "shop", products, "--create", "--vector", "text={title}", "--text", "title", "--field",
                "category=keyword", "--field", "brand=keyword", "--field", "price=float", daemon: daemon)
            #expect(run.status == 0, "\(run.notes)")
            let kept = try CommandLineRun(
                "theme", "upsert", "shop", try daemon.file("themes.ndjson", themes), daemon: daemon)
            #expect(kept.status == 0 && kept.output.contains("2 themes kept; shop has 2"), "\(kept.notes)")
            return daemon
        }

        @Test func `from the command line, from an idea to floors`() throws {
            let daemon = try loaded()
            let list = try CommandLineRun("theme", "list", "shop", daemon: daemon)
            #expect(list.output.contains("Afternoon tea") && list.output.contains("plush, 熊猫"), "\(list.output)")
            let match = try CommandLineRun("theme", "match", "shop", "plush panda", "-k", "1", daemon: daemon)
            #expect(match.output.contains("pandas") && !match.output.contains("tea"), "\(match.output)")
            let select = try CommandLineRun(
                "theme", "select", "shop", "pandas", "--by", "lexical", "--by", "indicators", "--indicators",
                #"{"price":{"max":30}}"#, daemon: daemon)
            #expect(
                select.status == 0 && select.output.contains("has “Plush”, “panda”; price 12.5 ≤ 30"),
                "\(select.output)")
            let floors = try CommandLineRun(
                "theme", "floors", "shop", "pandas", "--by", "category", "--smallest", "1", daemon: daemon)
            #expect(floors.output.contains("== 1. toys") && floors.output.contains("熊猫毛绒玩具"), "\(floors.output)")
            let batch = try CommandLineRun("theme", "batch", "shop", "--size", "2", "--floors", "brand", daemon: daemon)
            #expect(batch.status == 0 && batch.output.contains("coverage"), "\(batch.output) \(batch.notes)")
            let schema = try CommandLineRun("tool-schema", "shop", "--field", "price", daemon: daemon)
            #expect(schema.output.contains(#""name": "select_products""#), "\(schema.output)")
        }

        @Test func `with statuses and errors for scripts`() throws {
            let daemon = try loaded()
            #expect(try CommandLineRun("theme", "select", "shop", daemon: daemon).status == 64)
            let unknown = try CommandLineRun("theme", "select", "shop", "panda", daemon: daemon)
            #expect(unknown.status == 1 && unknown.notes.contains("did you mean 'pandas'?"), "\(unknown.notes)")
            let none = try CommandLineRun("theme", "delete", "shop", "nobody", daemon: daemon)
            #expect(none.status == 2)
            let bad = try CommandLineRun(
                "theme", "upsert", "shop", "--id", "x", "--title", " ", daemon: daemon)
            #expect(bad.status == 1 && bad.notes.contains("says nothing"), "\(bad.notes)")
        }

        @Test func `durably, through kill -9, into a snapshot and out of it`() throws {
            let daemon = try loaded()
            daemon.kill()
            try daemon.start()
            var wire = try daemon.connect()
            try wire.wait(for: "shop")
            let list = try wire.result("theme.list", #"{"collection":"shop"}"#)
            #expect(list["themes"]?.array.map { $0["id"]?.string } == ["pandas", "tea"])
            let path = try wire.result("snapshot.create", #"{"collection":"shop"}"#)["path"]?.string ?? ""
            try wire.result("theme.delete", #"{"collection":"shop","ids":["pandas","tea"]}"#)
            try wire.result("snapshot.restore", #"{"collection":"shop","path":"\#(path)"}"#)
            #expect(try wire.result("theme.list", #"{"collection":"shop"}"#) == list)
            try wire.result("collection.drop", #"{"collection":"shop"}"#)
            wire = try daemon.connect()
            #expect(try wire.refusal("theme.list", #"{"collection":"shop"}"#) == "not_found")
        }

        @Test func `in a batch with progress, and one batch of a collection at a time`() throws {
            let daemon = try loaded()
            let wire = try daemon.connect()
            wire.send(#"{"id":"b","method":"theme.batch","params":{"collection":"shop","size":2}}"#)
            var phases: [String] = []
            while true {
                let line = try wire.json()
                if let phase = line["params"]?["phase"]?.string { phases.append(phase) }
                guard line["id"]?.string == "b" else { continue }
                #expect(line["result"]?["job"]?.string == "themes-1")
                #expect(line["result"]?["report"]?["themes"]?.integer == 2)
                break
            }
            #expect(phases.contains("select"), "\(phases)")
        }
    }
}
