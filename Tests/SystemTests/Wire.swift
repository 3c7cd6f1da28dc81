import Foundation
import Glibc
import IlkProtocol

/// A connection that speaks bytes: blocking, and never for longer than its timeout.
final class Wire {
    let descriptor: CInt
    private var buffer: [UInt8] = []
    private var start = 0

    struct Failure: Error { var message: String }

    init(_ path: String, timeout: Int = 30) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(message: "no socket") }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        precondition(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path), "\(path) is too long")
        // SAFETY: the path fits, as was just checked; the pointers are to a local that outlives the calls.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            throw Failure(message: "no one listens on \(path)")
        }
    }

    deinit { close(descriptor) }

    /// Sends a line.
    @discardableResult
    func send(_ line: String) -> Bool { send(Array((line + "\n").utf8)) }

    /// Sends bytes as they are; false if they could not all be sent.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            // SAFETY: the range lies within the buffer, which lives as long as the call.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends what can be sent without waiting; how many bytes that were.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        // SAFETY: the buffer lives as long as the call.
        let count = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(
                descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        return max(0, count)
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next line, without its line feed; nil at the end, or after the timeout.
    func line() -> String? {
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[start..<end], as: UTF8.self)
                start = end + 1
                if start == buffer.count {
                    buffer = []
                    start = 0
                }
                return line
            }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            // SAFETY: the buffer lives as long as the call, which writes no more than its size.
            let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return nil }
            buffer.removeFirst(start)
            start = 0
            buffer += piece[..<count]
        }
    }

    /// The next line as JSON.
    func json() throws -> JSONValue {
        guard let line = line() else { throw Failure(message: "no reply in time, or the connection was closed") }
        return try JSONValue.parse(line)
    }

    private var lastID = 0

    /// A call and its reply, whatever notifications come before it.
    func call(_ method: String, _ params: String = "{}") throws -> JSONValue {
        lastID += 1
        guard send(#"{"jsonrpc":"2.0","id":\#(lastID),"method":"\#(method)","params":\#(params)}"#) else {
            throw Failure(message: "the connection is closed")
        }
        while true {
            let reply = try json()
            if reply["id"] == .int(Int64(lastID)) { return reply }
        }
    }

    struct Refused: Error { var error: JSONValue }

    /// The result of a call; an error is thrown.
    @discardableResult
    func result(_ method: String, _ params: String = "{}") throws -> JSONValue {
        let reply = try call(method, params)
        guard let result = reply["result"] else { throw Refused(error: reply["error"] ?? reply) }
        return result
    }

    /// The code of the error that a call gets; nil if it gets none.
    func refusal(_ method: String, _ params: String = "{}") throws -> String? {
        try call(method, params)["error"]?["data"]?["code"]?.string
    }

    /// Waits until a collection's state is `state`, half a minute at most.
    func wait(for collection: String, toBe state: String = "ready") throws {
        for _ in 0..<3_000 {
            let described = try call("collection.describe", #"{"collection":"\#(collection)"}"#)
            if described["result"]?["state"]?.string == state { return }
            usleep(10_000)
        }
        throw Failure(message: "'\(collection)' did not become \(state)")
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

    var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .uint(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}
