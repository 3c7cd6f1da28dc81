import Foundation
import IlkProtocol
import Testing

/// A catalogue of plain records: the payload is the record, but for its id.
private let catalogue = """
    {"id":"panda","title":"panda plush toy","brand":"Acme","price":12.5,"colours":["black","white"]}
    {"id":"熊猫","title":"熊猫毛绒玩具","brand":"Loco","price":9}
    {"id":"toner","title":"toner cartridge C65","brand":"Xerox","price":49.95}
    {"id":"lamp","title":"desk lamp","brand":"Acme","price":30}

    """

extension `The daemon` {
    @Suite struct `takes texts from the command line` {
        private func loaded() throws -> Daemon {
            let daemon = try Daemon.withoutModels()
            let file = try daemon.file("products.ndjson", catalogue)
            let run = try CommandLineRun(
                "load", "products", file, "--create", "--vector", "text={title}. {brand}", "--text", "title=2",
                "--text",
                "brand", "--field", "brand=keyword", "--field", "price=float", daemon: daemon)
            #expect(run.status == 0, "\(run.notes)")
            #expect(run.output.contains("4 points loaded"))
            return daemon
        }

        @Test func `one command loads plain records and embeds them`() throws {
            let daemon = try loaded()
            let wire = try daemon.connect()
            let described = try wire.result("collection.describe", #"{"collection":"products"}"#)
            #expect(described["vectors"]?["text"]?["model"]?.string == "hash")
            #expect(described["indexes"]?["text"]?["vectors"]?.integer == 4)
            let point = try wire.result("points.get", #"{"collection":"products","ids":["panda"]}"#)["points"]?[0]
            #expect(point?["payload"]?["brand"]?.string == "Acme")
            #expect(point?["payload"]?["id"] == nil)
        }

        @Test func `a search by text finds by meaning, by words and by both, in any script`() throws {
            let daemon = try loaded()
            for mode in ["dense", "lexical", "hybrid"] {
                let run = try CommandLineRun(
                    "search", "products", "panda plush", "--mode", mode, "-k", "1", "--json", daemon: daemon)
                #expect(try JSONValue.parse(run.output)["hits"]?[0]?["id"]?.string == "panda", "\(mode): \(run.notes)")
            }
            let chinese = try CommandLineRun("search", "products", "毛绒玩具", "-k", "1", "--json", daemon: daemon)
            #expect(try JSONValue.parse(chinese.output)["hits"]?[0]?["id"]?.string == "熊猫")
        }

        @Test func `what matches is marked, facets are counted, scores stand by leg`() throws {
            let daemon = try loaded()
            let run = try CommandLineRun(
                "search", "products", "C65 toner", "--highlight", "--facet", "brand", "--weights", "dense=1,lexical=2",
                daemon: daemon)
            #expect(run.status == 0, "\(run.notes)")
            #expect(run.output.contains("«toner» cartridge «C65»"), "\(run.output)")
            #expect(run.output.contains("dense") && run.output.contains("lexical"))
            #expect(run.output.contains("Xerox"))
        }

        @Test func `a search that finds nothing has status 2, and a wrong one 64`() throws {
            let daemon = try loaded()
            let nothing = try CommandLineRun(
                "search", "products", "panda", "--filter", "price > 1000", daemon: daemon)
            #expect(nothing.status == 2)
            #expect(try CommandLineRun("search", "products", daemon: daemon).status == 64)
            #expect(try CommandLineRun("search", "products", "a", "--id", "panda", daemon: daemon).status == 64)
            #expect(try CommandLineRun("search", "products", "a", "--weights", "dens=1", daemon: daemon).status == 64)
        }

        @Test func `a load again of the same file embeds nothing anew`() throws {
            let daemon = try loaded()
            let file = daemon.root + "/products.ndjson"
            let run = try CommandLineRun("load", "products", file, "--restart", "--wait", "searchable", daemon: daemon)
            #expect(run.status == 0, "\(run.notes)")
            let again = try daemon.connect().result(
                "points.upsert",
                #"{"collection":"products","points":[{"id":"lamp","payload":{"title":"desk lamp","brand":"Acme"}}]}"#)
            #expect(again["embedded"]?.integer == 0)
            #expect(again["unchanged"]?.integer == 1)
        }

        @Test func `a load goes on where a killed daemon was, and everything is embedded at the end`() throws {
            let daemon = try Daemon.withoutModels()
            let lines = (0..<3_000).map { #"{"id":\#($0),"title":"thing number \#($0) of many","n":\#($0)}"# }
            let file = try daemon.file("many.ndjson", lines.joined(separator: "\n") + "\n")
            #expect(
                try CommandLineRun(
                    "collection", "create", "many", "--vector", "text=hash:{title}", "--field", "n=int", daemon: daemon
                ).status == 0)
            let part = try CommandLineRun("load", "many", file, "--limit", "1000", "--no-wait", daemon: daemon)
            #expect(part.status == 0, "\(part.notes)")
            daemon.kill()
            let gone = try CommandLineRun("load", "many", file, daemon: daemon)
            #expect(gone.status == 69)
            #expect(gone.notes.contains("ilk serve"))
            try daemon.start()
            let rest = try CommandLineRun("load", "many", file, daemon: daemon)
            #expect(rest.status == 0, "\(rest.notes)")
            let described = try daemon.connect().result("collection.describe", #"{"collection":"many"}"#)
            #expect(described["count"]?.integer == 3_000)
            #expect(described["indexes"]?["text"]?["vectors"]?.integer == 3_000)
        }

        @Test func `records without vectors are refused where nothing is made of their texts`() throws {
            let daemon = try Daemon.withoutModels()
            let file = try daemon.file("products.ndjson", catalogue)
            _ = try CommandLineRun("collection", "create", "images", "--vector", "v=2:l2", daemon: daemon)
            let run = try CommandLineRun("load", "images", file, daemon: daemon)
            #expect(run.status == 1)
            #expect(run.output.contains("4 refused"), "\(run.output)\(run.notes)")
        }

        @Test func `embed shows tokens and fingerprint, and gives vectors as JSON`() throws {
            let daemon = try Daemon.withoutModels()
            let table = try CommandLineRun("embed", "panda plush toy", "熊猫毛绒玩具", daemon: daemon)
            #expect(table.status == 0, "\(table.notes)")
            #expect(table.output.contains("熊猫毛绒玩具"))
            #expect(table.notes.contains("hash@"))
            let file = try daemon.file("lines.txt", "one\n\ntwo\n")
            let run = try CommandLineRun("embed", "--file", file, "--kind", "passage", "--json", daemon: daemon)
            let lines = try run.output.split(separator: "\n").map { try JSONValue.parse(String($0)) }
            #expect(lines.map { $0["text"]?.string } == ["one", "two"])
            #expect(lines[0]["vector"]?.array.count == lines[1]["vector"]?.array.count)
            let unknown = try CommandLineRun("embed", "x", "--model", "nothing", daemon: daemon)
            #expect(unknown.status == 1)
            #expect(unknown.notes.contains("no model named 'nothing'"))
        }

        @Test func `describe shows models, sources and what waits`() throws {
            let daemon = try loaded()
            let run = try CommandLineRun("collection", "describe", "products", daemon: daemon)
            #expect(run.output.contains("hash@"))
            #expect(run.output.contains("{title}. {brand}"))
            #expect(run.output.contains("title") && run.output.contains("2"))
        }

        @Test func `a lexicon's synonyms work at once`() throws {
            let daemon = try loaded()
            let words = try daemon.file("words.txt", "毛绒\n")
            let synonyms = try daemon.file("synonyms.txt", "teddy => panda\n")
            let run = try CommandLineRun(
                "collection", "lexicon", "products", "--words", words, "--synonyms", synonyms, daemon: daemon)
            #expect(run.status == 0, "\(run.notes)")
            #expect(run.output.contains("1 word, 1 line"))
            let found = try CommandLineRun(
                "search", "products", "teddy", "--mode", "lexical", "--json", daemon: daemon)
            #expect(try JSONValue.parse(found.output)["hits"]?[0]?["id"]?.string == "panda")
        }

        @Test func `reembed fills a field from other texts`() throws {
            let daemon = try loaded()
            let run = try CommandLineRun(
                "collection", "reembed", "products", "--model", "hash", "--source", "{brand}", daemon: daemon)
            #expect(run.status == 0, "\(run.notes)")
            #expect(run.output.contains("4 vectors"))
            let found = try CommandLineRun(
                "search", "products", "Xerox", "--mode", "dense", "-k", "1", "--json", daemon: daemon)
            #expect(try JSONValue.parse(found.output)["hits"]?[0]?["id"]?.string == "toner")
        }

        @Test func `models are listed and chosen without a daemon`() throws {
            let daemon = try Daemon.withoutModels()
            let list = try CommandLineRun("model", "list", "--json", daemon: daemon)
            let models = try list.output.split(separator: "\n").map { try JSONValue.parse(String($0)) }
            #expect(models.map { $0["name"]?.string } == ["hash"])
            #expect(try CommandLineRun("model", "default", daemon: daemon).output == "hash\n")
            let info = try CommandLineRun("model", "info", "hash", daemon: daemon)
            #expect(info.output.contains("hash@"))
            let missing = try CommandLineRun("model", "info", "e5", daemon: daemon)
            #expect(missing.status == 1)
            #expect(missing.notes.contains("no model named 'e5'"))
            #expect(try CommandLineRun("model", "remove", "hash", daemon: daemon).status == 1)
        }
    }
}
