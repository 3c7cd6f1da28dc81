import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `is planned for` {
        @Test func `with a command that prints a table, JSON, and refuses what cannot be`() throws {
            let daemon = try Daemon()
            let table = try CommandLineRun(
                "plan", "--points", "10M", "--dimension", "384", "--storage", "u8", daemon: daemon)
            #expect(table.status == 0, "\(table.notes)")
            for word in ["10,000,000 points", "vectors", "codes", "links", "collection.sqlite", "build: about"] {
                #expect(table.output.contains(word), "\(word) in \(table.output)")
            }
            let json = try CommandLineRun("plan", "--points", "1.5k", "--dimension", "8", "--json", daemon: daemon)
            let plan = try JSONValue.parse(json.output)
            #expect(plan["points"]?.integer == 1_500)
            #expect(plan["memory"]?["vectors"]?.integer == 1_500 * 64)
            #expect(plan["memory"]?["codes"]?.integer == 0)
            let vague = try CommandLineRun("plan", "--points", "many", "--dimension", "4", daemon: daemon)
            let flat = try CommandLineRun("plan", "--points", "1M", "--dimension", "0", daemon: daemon)
            let bare = try CommandLineRun("plan", "--points", "1M", daemon: daemon)
            #expect([vague, flat, bare].map(\.status) == [64, 64, 64])
            #expect(flat.notes.contains("--dimension is 0; choose 1 to 65536"), "\(flat.notes)")
        }
    }
}
