import Glibc
import IlkProtocol

/// A blocking connection to the daemon's socket: lines out, lines in.
///
/// No client library lies between the clock and the daemon.
final class LineConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []
    private var start = 0
    /// Up to here the received bytes hold no end of line.
    private var searched = 0
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(path: String) throws(Failure) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: \(Self.reason)") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard bytes.count <= room else {
            throw Failure(description: "\(path) is longer than the \(room) bytes of a socket's path")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            throw Failure(
                description: "no daemon on \(path) (\(Self.reason)); start it with: ilk serve --socket \(path)")
        }
        // A daemon that hangs must not hang the benchmark.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    private static var reason: String { unsafe String(cString: strerror(errno)) }

    /// Sends bytes that end with a line end.
    func send(_ line: [UInt8]) throws(Failure) {
        var sent = 0
        while sent < line.count {
            let count = unsafe line.withUnsafeBytes { bytes in
                unsafe Glibc.send(
                    descriptor, bytes.baseAddress! + sent, line.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "could not send: \(Self.reason)") }
            sent += count
        }
    }

    /// The next line, without its end.
    func receive() throws(Failure) -> ArraySlice<UInt8> {
        while true {
            if let end = endOfLine() {
                let line = received[start..<end]
                start = end + 1
                searched = start
                return line
            }
            if start > 0 {
                received.removeFirst(start)
                start = 0
            }
            searched = received.count
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress!, $0.count, 0) }
            guard count > 0 else {
                throw Failure(description: count == 0 ? "the daemon hung up" : "no reply: \(Self.reason)")
            }
            received.append(contentsOf: chunk[..<count])
        }
    }

    private func endOfLine() -> Int? {
        guard searched < received.count else { return nil }
        return unsafe received.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = unsafe memchr(base + searched, 10, bytes.count - searched)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    /// Calls a method and waits for its reply.
    ///
    /// - Throws: ``Failure`` with the daemon's message where it refuses.
    func call(_ method: String, _ params: String = "{}") throws(Failure) -> JSONValue {
        try send(Array("{\"id\":0,\"method\":\"\(method)\",\"params\":\(params)}\n".utf8))
        let line = String(decoding: try receive(), as: UTF8.self)
        guard let reply = try? JSONValue.parse(line), let result = reply["result"] else {
            throw Failure(description: "\(method): \(line.prefix(300))")
        }
        return result
    }
}

extension JSONValue {
    /// A member of an object; nil for anything else.
    subscript(key: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
