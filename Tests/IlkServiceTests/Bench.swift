import Dispatch
import Foundation
import IlkCollection
import IlkProtocol
import IlkService
import Synchronization

/// An engine in a temporary folder, spoken to in lines.
final class Bench: Sendable {
    let root: String
    let engine: Engine

    init(root: String? = nil, configure: (inout ServiceOptions) -> Void = { _ in }) throws {
        self.root = root ?? NSTemporaryDirectory() + "ilk-" + UUID().uuidString
        var options = ServiceOptions(cores: 2)
        options.collection.seed = 7
        configure(&options)
        engine = try Engine(dataFolder: self.root, options: options)
    }

    /// Stops the engine and deletes its folder.
    func end() {
        engine.stop()
        try? FileManager.default.removeItem(atPath: root)
    }

    struct NoReply: Error {}

    /// What a line is answered, and the notifications before it.
    func exchange(_ line: String) throws -> (reply: [UInt8], notifications: [[UInt8]]) {
        let box = ReplyBox()
        send(line, box)
        guard let reply = box.wait() else { throw NoReply() }
        return (reply, box.notifications)
    }

    func send(_ line: String, _ box: ReplyBox) {
        let bytes = Array(line.utf8)
        let parsed = unsafe bytes.withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        engine.handle(parsed, reply: { box.put($0) }, notify: { box.notify($0) })
    }

    /// The reply to a method call, as a tree.
    @discardableResult
    func call(_ method: String, _ params: String = "{}") throws -> JSONValue {
        let (reply, _) = try exchange(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#)
        return try JSONValue.parse(String(decoding: reply, as: UTF8.self))
    }

    /// The result of a method call; an error is thrown.
    @discardableResult
    func result(_ method: String, _ params: String = "{}") throws -> JSONValue {
        let reply = try call(method, params)
        guard let result = reply["result"] else { throw Refused(reply: reply.text) }
        return result
    }

    struct Refused: Error { var reply: String }

    /// The error's code of a method call, and its message.
    func refusal(_ method: String, _ params: String = "{}") throws -> (code: String, message: String) {
        let reply = try call(method, params)
        guard case .string(let code)? = reply["error"]?["data"]?["code"],
            case .string(let message)? = reply["error"]?["message"]
        else { throw Refused(reply: reply.text) }
        return (code, message)
    }

    /// A collection `things` of two dimensions with `count` points on a line, ids 0, 1, ….
    func fill(_ count: Int, name: String = "things") throws {
        try result(
            "collection.create",
            #"{"name":"\#(name)","vectors":{"v":{"dimension":2,"metric":"l2"}},"fields":{"n":"int"}}"#)
        let points = (0..<count).map { #"{"id":\#($0),"vector":[\#($0),0],"payload":{"n":\#($0)}}"# }
        guard count > 0 else { return }
        try result("points.upsert", #"{"collection":"\#(name)","points":[\#(points.joined(separator: ","))]}"#)
    }
}

/// Waits for the one reply of a line.
final class ReplyBox: Sendable {
    private let state = Mutex<(replies: [[UInt8]], notifications: [[UInt8]])>(([], []))
    private let arrived = DispatchSemaphore(value: 0)

    func put(_ line: [UInt8]) {
        state.withLock { $0.replies.append(line) }
        arrived.signal()
    }

    func notify(_ line: [UInt8]) { state.withLock { $0.notifications.append(line) } }

    var replies: [[UInt8]] { state.withLock { $0.replies } }
    var notifications: [[UInt8]] { state.withLock { $0.notifications } }

    /// The reply; nil after 30 seconds without one.
    func wait() -> [UInt8]? {
        guard arrived.wait(timeout: .now() + 30) == .success else { return nil }
        return replies.last
    }
}

extension JSONValue {
    subscript(key: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    subscript(place: Int) -> JSONValue? {
        guard case .array(let array) = self, array.indices.contains(place) else { return nil }
        return array[place]
    }

    var array: [JSONValue] {
        guard case .array(let array) = self else { return [] }
        return array
    }

    var integer: Int? {
        guard case .int(let number) = self else { return nil }
        return Int(number)
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}
