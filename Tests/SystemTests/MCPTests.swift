import Foundation
import Glibc
import IlkProtocol
import Testing

/// `ilk mcp` in a process of its own, spoken to byte by byte.
private final class MCPProcess {
    private let process = Process()
    private let input = Pipe(), output = Pipe()
    private var buffer: [UInt8] = []

    init(_ socket: String, _ arguments: [String] = []) throws {
        process.executableURL = URL(filePath: Daemon.binary)
        process.arguments = ["mcp", "--socket", socket] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        signal(SIGPIPE, SIG_IGN)
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    func send(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data((text + "\n").utf8)) }

    /// The next line as JSON; nil at the end.
    func line() throws -> JSONValue? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                return try JSONValue.parse(line)
            }
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { return nil }
            buffer += piece
        }
    }

    /// A request and its reply.
    func call(_ method: String, _ params: String = "{}", id: Int = 1) throws -> JSONValue {
        try send(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
        return try #require(try line())
    }

    func tool(_ name: String, _ arguments: String = "{}") throws -> JSONValue {
        let reply = try call("tools/call", #"{"name":"\#(name)","arguments":\#(arguments)}"#)
        return try #require(reply["result"], "\(reply.text)")
    }

    /// Ends its input; the exit status.
    func end() throws -> Int32? {
        try input.fileHandleForWriting.close()
        return Daemon.exitStatus(of: process, within: 20)
    }
}

extension `The daemon` {
    @Suite struct `serves language models` {
        /// A daemon with `products` and a knowledge base `handbook`.
        static func stocked() throws -> Daemon {
            let daemon = try Daemon.withoutModels()
            let wire = try daemon.connect()
            try wire.result(
                "collection.create",
                #"{"name":"products","vectors":{"text":{"model":"hash","source":"{title}"}},"text":["title"],"fields":{"brand":"keyword","price":"float","sold_out":"bool","made.on":"datetime"}}"#
            )
            try wire.result(
                "points.upsert",
                #"""
                {"collection":"products","points":[
                {"id":"panda","payload":{"title":"panda plush toy","brand":"Acme","price":12.5,"sold_out":false,"made":{"on":"2026-01-02T00:00:00Z"}}},
                {"id":"bear","payload":{"title":"bear plush toy","brand":"O'Hara","price":9,"sold_out":true}},
                {"id":7,"payload":{"title":"desk lamp","brand":"Acme","price":30}}]}
                """#.replacing("\n", with: " "))
            try wire.result("collection.create", #"{"name":"handbook","kind":"knowledge","model":"hash"}"#)
            return daemon
        }

        @Test func `it shakes hands in the client's revision, or offers its own`() throws {
            let daemon = try Daemon.withoutModels()
            for version in ["2024-11-05", "2025-03-26", "2025-06-18"] {
                let mcp = try MCPProcess(daemon.socket)
                let reply = try mcp.call(
                    "initialize",
                    #"{"protocolVersion":"\#(version)","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"#)
                #expect(reply["result"]?["protocolVersion"]?.string == version)
                #expect(reply["result"]?["serverInfo"]?["name"]?.string == "ilk")
                #expect(reply["result"]?["capabilities"]?["tools"] != nil)
                try mcp.send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
                #expect(try mcp.call("ping", id: 2)["result"] == .object(JSONObject()))
                #expect(try mcp.end() == 0)
            }
            let mcp = try MCPProcess(daemon.socket)
            let reply = try mcp.call("initialize", #"{"protocolVersion":"1999-01-01"}"#)
            #expect(reply["result"]?["protocolVersion"]?.string == "2025-06-18")
        }

        @Test func `what is wrong on the wire gets JSON-RPC's codes, and the next line is read`() throws {
            let daemon = try Daemon.withoutModels()
            let mcp = try MCPProcess(daemon.socket)
            try mcp.send("this is no JSON")
            #expect(try mcp.line()?["error"]?["code"]?.integer == -32700)
            #expect(try mcp.call("server/discover")["error"]?["code"]?.integer == -32601)
            try mcp.send(#"{"jsonrpc":"2.0","id":5}"#)
            let noMethod = try mcp.line()
            #expect(noMethod?["error"]?["code"]?.integer == -32600)
            #expect(noMethod?["id"]?.integer == 5)
            try mcp.send("17")
            #expect(try mcp.line()?["error"]?["code"]?.integer == -32600)
            #expect(try mcp.call("initialize")["error"]?["code"]?.integer == -32602)
            let unknown = try mcp.call("tools/call", #"{"name":"serch"}"#)
            #expect(unknown["error"]?["code"]?.integer == -32602)
            #expect(unknown["error"]?["message"]?.string?.contains("did you mean 'search'") == true)
            // Neither notifications nor responses are answered: the next line is the ping's.
            try mcp.send(#"{"jsonrpc":"2.0","method":"notifications/unheard_of"}"#)
            try mcp.send(#"{"jsonrpc":"2.0","id":9,"result":{}}"#)
            try mcp.send(#"[{"jsonrpc":"2.0","id":"a","method":"ping"},{"jsonrpc":"2.0","id":"b","method":"ping"}]"#)
            #expect(try mcp.line()?.array.map { $0["id"]?.string } == ["a", "b"])
            #expect(try mcp.end() == 0)
        }

        @Test func `tools that write are offered only if that is asked for`() throws {
            let daemon = try Self.stocked()
            func names(_ mcp: MCPProcess) throws -> Set<String> {
                Set(try mcp.call("tools/list")["result"]?["tools"]?.array.compactMap { $0["name"]?.string } ?? [])
            }
            let looking = try MCPProcess(daemon.socket)
            #expect(
                try names(looking) == [
                    "list_collections", "describe_collection", "search", "retrieve", "get", "facets", "recommend",
                ])
            let refused = try looking.call(
                "tools/call", #"{"name":"delete","arguments":{"collection":"products","ids":["panda"]}}"#)
            #expect(refused["error"]?["message"]?.string?.contains("--allow-writes") == true)
            let writing = try MCPProcess(daemon.socket, ["--allow-writes"])
            #expect(try names(writing).isSuperset(of: ["upsert", "upsert_documents", "delete"]))
            let stored = try writing.tool(
                "upsert", #"{"collection":"products","points":[{"id":"new","payload":{"title":"something new"}}]}"#)
            #expect(stored["structuredContent"]?["upserted"]?.integer == 1)
            let deleted = try writing.tool("delete", #"{"collection":"products","filter":"title = 'something new'"}"#)
            #expect(deleted["structuredContent"]?["deleted"]?.integer == 1)
        }

        @Test func `every filter that describe_collection gives as an example is one`() throws {
            let daemon = try Self.stocked()
            let mcp = try MCPProcess(daemon.socket)
            let described = try mcp.tool("describe_collection", #"{"collection":"products"}"#)["structuredContent"]
            let examples = described?["filter_language"]?["examples"]?.array.compactMap(\.string) ?? []
            #expect(examples.contains("brand = 'Acme'"))
            #expect(examples.contains { $0.contains("'O''Hara'") })
            for example in examples {
                let found = try mcp.tool(
                    "search",
                    JSONText(
                        .object(
                            JSONObject([
                                ("collection", .string("products")), ("query", .string("toy")),
                                ("filter", .string(example)),
                            ]))
                    ).string)
                #expect(found["isError"] == .bool(false), "\(example): \(found.text)")
            }
            #expect(described?["fields"]?.array.count == 4)
            #expect(described?["example_payload"]?["title"] != nil)
        }

        @Test func `tools find, count, get and recommend`() throws {
            let daemon = try Self.stocked()
            let mcp = try MCPProcess(daemon.socket, ["--collection", "products"])
            let found = try mcp.tool("search", #"{"query":"panda plush toy","k":2,"fields":["brand"]}"#)[
                "structuredContent"]
            #expect(found?["hits"]?[0]?["id"]?.string == "panda")
            #expect(found?["hits"]?[0]?["payload"] == .object(JSONObject([("brand", .string("Acme"))])))
            let facets = try mcp.tool("facets", #"{"field":"brand"}"#)["structuredContent"]
            #expect(facets?["facets"]?[0]?["count"]?.integer == 2)
            let got = try mcp.tool("get", #"{"ids":[7,"7"]}"#)["structuredContent"]
            #expect(got?["points"]?.array.count == 1)
            #expect(got?["missing"]?[0]?.string == "7")
            let like = try mcp.tool("recommend", #"{"ids":["panda",7],"k":5}"#)["structuredContent"]
            #expect(like?["hits"]?.array.map { $0["id"]?.string } == ["bear"])
        }

        @Test func `what a tool refuses is a result with ilk's sentence`() throws {
            let daemon = try Self.stocked()
            let mcp = try MCPProcess(daemon.socket, ["--collection", "products"])
            func refusal(_ name: String, _ arguments: String) throws -> String {
                let result = try mcp.tool(name, arguments)
                #expect(result["isError"] == .bool(true))
                return result["content"]?[0]?["text"]?.string ?? ""
            }
            #expect(try refusal("search", #"{"query":"x","filter":"price << 3"}"#).contains("column 8"))
            #expect(try refusal("search", #"{"query":"x","filtre":"a"}"#).contains("did you mean 'filter'"))
            #expect(try refusal("search", "{}").contains("lacks 'query'"))
            #expect(try refusal("search", #"{"query":"x","collection":"handbook"}"#).contains("is offered here"))
            #expect(try refusal("recommend", #"{"ids":[]}"#).contains("1 to 20"))
            #expect(try refusal("get", #"{"ids":[1.5]}"#).contains("id"))
            daemon.kill()
            #expect(try refusal("search", #"{"query":"x"}"#).contains("ilk"))
            #expect(try refusal("search", #"{"query":"x"}"#).contains("no daemon listens on"))
            try daemon.start()
            try daemon.connect().wait(for: "products")
            #expect(try mcp.tool("search", #"{"query":"panda"}"#)["isError"] == .bool(false))
        }

        // MARK: The official client

        private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path(percentEncoded: false)

        /// A Python that has the client: that of scripts/setup --mcp, else the system's.
        private static let python: String? = {
            [root + "/.venv/bin/python", "/usr/bin/env"].first { python in
                guard FileManager.default.isExecutableFile(atPath: python) else { return false }
                return (try? status(python, ["-c", "import mcp.client.client"])) == 0
            }
        }()

        private static func status(_ python: String, _ arguments: [String]) throws -> Int32 {
            let process = Process()
            process.executableURL = URL(filePath: python)
            process.arguments = (python.hasSuffix("/env") ? ["python3"] : []) + arguments
            process.standardOutput = FileHandle.nullDevice
            if arguments.first == "-c" { process.standardError = FileHandle.nullDevice }
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus
        }

        @Test(
            .enabled(
                if: python != nil,
                "SKIPPED: Python's package 'mcp' is not installed; scripts/setup --mcp installs it into .venv"))
        func `the official Python client lists and calls every tool`() throws {
            let daemon = try Self.stocked()
            let python = try #require(Self.python)
            let status = try Self.status(
                python,
                [
                    Self.root + "/scripts/mcp-check", "--ilk", Daemon.binary, "--socket", daemon.socket, "--products",
                    "products", "--handbook", "handbook",
                ])
            #expect(status == 0)
        }
    }
}

extension JSONText {
    fileprivate var string: String { String(decoding: bytes, as: UTF8.self) }
}
