import IlkProtocol
import IlkService
import Synchronization

/// The Model Context Protocol, as far as tools go: JSON-RPC 2.0, a message a line.
final class MCPServer: Sendable {
    private let tools: MCPTools
    /// Requests that are being answered, by the text of their id.
    private let running = Mutex<[String: Task<Void, Never>]>([:])
    private let hasStructuredContent = Atomic(true)

    /// Revisions of the protocol that are spoken, the newest last.
    static let versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
    /// The revision that is offered to a client that asks for one that is not spoken.
    static let offered = "2025-06-18"
    /// Before it, results have no structured content.
    private static let firstWithStructure = "2025-06-18"

    init(tools: MCPTools) { self.tools = tools }

    /// JSON-RPC's codes, as this protocol uses them.
    private enum Code {
        static let parseError = -32700, invalidRequest = -32600, unknownMethod = -32601, invalidParams = -32602
    }

    private struct Refusal: Error {
        var code: Int
        var message: String
    }

    /// Answers until the input ends, and what was asked by then.
    ///
    /// Requests are answered side by side, so that a slow one does not hold up the others.
    func run(_ lines: AsyncStream<MCPInput.Line>) async {
        await withDiscardingTaskGroup { group in
            for await line in lines {
                switch line {
                case .oversized:
                    write(
                        failure(
                            .null, Code.invalidRequest, "a line has over \(MCPInput.limit) bytes; send less at once"))
                case .line(let bytes):
                    guard let message = try? JSONValue.parse(bytes) else {
                        write(failure(.null, Code.parseError, "the line is not JSON"))
                        continue
                    }
                    guard let task = start(message) else { continue }
                    group.addTask { await task.value }
                }
            }
            // What is under way may take no longer than a client that is ending waits.
            group.addTask { [self] in
                for _ in 0..<100 where running.withLock({ !$0.isEmpty }) {
                    try? await Task.sleep(for: .milliseconds(100))
                }
                for task in running.withLock({ Array($0.values) }) { task.cancel() }
            }
        }
        Output.flush()
    }

    /// Begins to answer a message; nil where nothing is to be waited for.
    private func start(_ message: JSONValue) -> Task<Void, Never>? {
        if case .array(let batch) = message { return startBatch(batch) }
        guard let id = Self.id(of: message) else {
            take(notification: message)
            return nil
        }
        let key = id.text
        return running.withLock { running in
            let task = Task { [self] in
                let reply = await answer(message, id)
                forget(key)
                if !Task.isCancelled { write(reply) }
            }
            running[key] = task
            return task
        }
    }

    private func forget(_ key: String) { running.withLock { _ = $0.removeValue(forKey: key) } }

    /// A batch, which revision 2025-03-26 has: its replies are one array.
    private func startBatch(_ batch: [JSONValue]) -> Task<Void, Never>? {
        guard !batch.isEmpty else {
            write(failure(.null, Code.invalidRequest, "the batch is empty"))
            return nil
        }
        return Task { [self] in
            var replies: [JSONValue] = []
            for message in batch {
                if let id = Self.id(of: message) {
                    replies.append(await answer(message, id))
                } else {
                    take(notification: message)
                }
            }
            if !replies.isEmpty { write(.array(replies)) }
        }
    }

    /// The id of a request; nil for a notification or a response.
    ///
    /// Those get no answer. What is neither gets an error, with the id null if it has none.
    private static func id(of message: JSONValue) -> JSONValue? {
        guard case .object(let object) = message else { return .null }
        if object["method"] != nil { return object["id"] }
        let isResponse = object["result"] != nil || object["error"] != nil
        return isResponse ? nil : object["id"] ?? .null
    }

    private func take(notification message: JSONValue) {
        guard message["method"]?.string == "notifications/cancelled", let id = message["params"]?["requestId"] else {
            return
        }
        running.withLock { $0[id.text] }?.cancel()
    }

    // MARK: Methods

    private func answer(_ message: JSONValue, _ id: JSONValue) async -> JSONValue {
        do {
            guard let method = message["method"]?.string else {
                throw Refusal(code: Code.invalidRequest, message: "the message is no request: it has no 'method'")
            }
            switch id {
            case .string, .int, .uint: break
            default: throw Refusal(code: Code.invalidRequest, message: "'id' is a string or an integer")
            }
            return success(id, try await result(of: method, message["params"] ?? .object(JSONObject())))
        } catch let refusal as Refusal {
            return failure(id, refusal.code, refusal.message)
        } catch {
            return failure(id, -32603, Failure(of: error)?.message ?? "\(error)")
        }
    }

    private func result(of method: String, _ params: JSONValue) async throws -> JSONValue {
        switch method {
        case "initialize": return try initialize(params)
        case "ping": return .object(JSONObject())
        case "tools/list": return .object(JSONObject([("tools", .array(tools.all.map(\.json)))]))
        case "tools/call": return try await call(params)
        default:
            throw Refusal(code: Code.unknownMethod, message: "no method '\(method)'; ilk mcp offers tools only")
        }
    }

    private func initialize(_ params: JSONValue) throws -> JSONValue {
        guard let asked = params["protocolVersion"]?.string else {
            throw Refusal(code: Code.invalidParams, message: "initialize lacks 'protocolVersion'")
        }
        let version = Self.versions.contains(asked) ? asked : Self.offered
        hasStructuredContent.store(version >= Self.firstWithStructure, ordering: .relaxed)
        let server = JSONObject([
            ("name", .string("ilk")), ("title", .string("ilk vector search")), ("version", .string(Engine.version)),
        ])
        let capabilities = JSONObject([("tools", .object(JSONObject([("listChanged", .bool(false))])))])
        return .object(
            JSONObject([
                ("protocolVersion", .string(version)), ("capabilities", .object(capabilities)),
                ("serverInfo", .object(server)), ("instructions", .string(tools.instructions)),
            ]))
    }

    /// Calls a tool; what it refuses is a result that says so, for the model to read and do better.
    private func call(_ params: JSONValue) async throws -> JSONValue {
        guard let name = params["name"]?.string else {
            throw Refusal(code: Code.invalidParams, message: "tools/call lacks 'name'")
        }
        guard let tool = tools.all.first(where: { $0.name == name }) else {
            throw Refusal(code: Code.invalidParams, message: tools.refusal(of: name))
        }
        do {
            let arguments = try MCPArguments(params["arguments"], of: tool)
            return content(try await tool.run(arguments))
        } catch {
            let text = Failure(of: error)?.message ?? "\(error)"
            return content(MCPResult(text: text), isError: true)
        }
    }

    private func content(_ result: MCPResult, isError: Bool = false) -> JSONValue {
        let text = JSONObject([("type", .string("text")), ("text", .string(result.text))])
        var members: [(String, JSONValue)] = [("content", .array([.object(text)]))]
        if let structured = result.structured, hasStructuredContent.load(ordering: .relaxed) {
            members.append(("structuredContent", structured))
        }
        members.append(("isError", .bool(isError)))
        return .object(JSONObject(members))
    }

    // MARK: Writing

    private func success(_ id: JSONValue, _ result: JSONValue) -> JSONValue {
        .object(JSONObject([("jsonrpc", .string("2.0")), ("id", id), ("result", result)]))
    }

    private func failure(_ id: JSONValue, _ code: Int, _ message: String) -> JSONValue {
        let error = JSONObject([("code", .int(Int64(code))), ("message", .string(message))])
        return .object(JSONObject([("jsonrpc", .string("2.0")), ("id", id), ("error", .object(error))]))
    }

    private func write(_ message: JSONValue) {
        Output.json(message)
        Output.flush()
    }
}
