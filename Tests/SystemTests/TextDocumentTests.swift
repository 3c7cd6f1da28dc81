import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `keeps documents from the command line` {
        private func handbook() throws -> Daemon {
            let daemon = try Daemon.withoutModels()
            let made = try CommandLineRun(
                "collection", "create", "handbook", "--knowledge", "--field", "metadata.lang=keyword", daemon: daemon)
            #expect(made.status == 0, "\(made.notes)")
            _ = try daemon.file(
                "docs/returns.md", "# Returns\n\n## Deadlines\n\nGoods may be returned within fourteen days.\n")
            _ = try daemon.file("docs/zh/退货.md", "# 退货\n\n商品可以在十四天内退货。\n")
            _ = try daemon.file("docs/hours.html", "<html><body><h1>Hours</h1><p>We open at nine.</p></body></html>")
            _ = try daemon.file("docs/.hidden.md", "# Hidden\n\nNobody sees this.\n")
            _ = try daemon.file("docs/picture.png", "not a document")
            return daemon
        }

        @Test func `a folder is added, listed, shown and deleted`() throws {
            let daemon = try handbook()
            let added = try CommandLineRun(
                "document", "add", "handbook", daemon.root + "/docs", "--recursive", "--metadata", "lang=en",
                daemon: daemon)
            #expect(added.status == 0, "\(added.notes)")
            #expect(added.output.contains("3 documents"))
            let list = try CommandLineRun("document", "list", "handbook", "--json", daemon: daemon)
            let ids = try list.output.split(separator: "\n").map { try JSONValue.parse(String($0))["id"]?.string }
            #expect(ids == ["hours.html", "returns.md", "zh/退货.md"])
            let shown = try CommandLineRun("document", "get", "handbook", "returns.md", daemon: daemon)
            #expect(shown.output.contains("within fourteen days"))
            let again = try CommandLineRun(
                "document", "add", "handbook", daemon.root + "/docs", "--recursive", "--metadata", "lang=en",
                daemon: daemon)
            #expect(again.output.contains("0 embedded"), "\(again.output)")
            let deleted = try CommandLineRun("document", "delete", "handbook", "returns.md", "no such", daemon: daemon)
            #expect(deleted.output == "1 deleted\n")
            #expect(try CommandLineRun("document", "get", "handbook", "returns.md", daemon: daemon).status == 2)
        }

        @Test func `a question gets its passages, numbered and cited`() throws {
            let daemon = try handbook()
            _ = try CommandLineRun(
                "document", "add", "handbook", daemon.root + "/docs", "-r", "--metadata", "lang=en", daemon: daemon)
            let run = try CommandLineRun(
                "ask-context", "handbook", "Within how many days may goods be returned?", "-k", "2", "--filter",
                "metadata.lang = 'en'", daemon: daemon)
            #expect(run.status == 0, "\(run.notes)")
            #expect(run.output.hasPrefix("[1] Returns › Deadlines (returns.md#"), "\(run.output)")
            #expect(run.output.contains("Goods may be returned within fourteen days."))
            let json = try CommandLineRun("ask-context", "handbook", "opening hours", "--json", daemon: daemon)
            #expect(try JSONValue.parse(json.output)["passages"]?.array.isEmpty == false)
            let none = try CommandLineRun(
                "ask-context", "handbook", "x", "--filter", "metadata.lang = 'nowhere'", daemon: daemon)
            #expect(none.status == 2)
        }

        @Test func `files that cannot be documents are named, and the others are added`() throws {
            let daemon = try handbook()
            let broken = daemon.root + "/docs/broken.txt"
            try Data([0xFF, 0xFE, 0x41]).write(to: URL(filePath: broken))
            _ = try daemon.file("docs/empty.txt", " \n")
            let run = try CommandLineRun("document", "add", "handbook", daemon.root + "/docs", "-r", daemon: daemon)
            #expect(run.status == 1)
            #expect(run.output.contains("3 documents"))
            #expect(run.notes.contains("broken.txt: it is not UTF-8"))
            #expect(run.notes.contains("empty.txt: it is empty"))
            #expect(
                try CommandLineRun("document", "add", "handbook", daemon.root + "/docs", daemon: daemon).status == 64)
            #expect(try CommandLineRun("document", "add", "handbook", "/nowhere.md", daemon: daemon).status == 1)
        }

        @Test func `standard input becomes a document, and points do not`() throws {
            let daemon = try handbook()
            let run = try CommandLineRun(
                "document", "add", "handbook", "-", "--id", "note", "--title", "A note", daemon: daemon,
                input: "The key lies under the mat.\n")
            #expect(run.status == 0, "\(run.notes)")
            let found = try CommandLineRun("ask-context", "handbook", "Where is the key?", daemon: daemon)
            #expect(found.output.contains("[1] A note (note#"), "\(found.output)")
            let points = try CommandLineRun(
                "call", "points.upsert", #"{"collection":"handbook","points":[{"id":1}]}"#, daemon: daemon)
            #expect(points.status == 1)
            #expect(points.notes.contains("document.upsert"))
        }
    }
}
