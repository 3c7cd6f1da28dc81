import Glibc
import IlkProtocol
import IlkVectors
import Synchronization

/// One client that upserts without pause, each request as soon as the one before is acknowledged.
final class PauselessWriter: Sendable {
    private let socket: String
    private let lines: [[UInt8]]
    private let pointsPerLine: Int
    private let cleanUp: String
    private let isStopped = Atomic<Bool>(false)
    private let written = Atomic<Int>(0)
    private let failure = Mutex<String?>(nil)

    /// The first of the ids that are written, so far up that they meet none of a loaded file's row numbers.
    private static let firstID = 1 << 40

    /// `count` points are written over and over, and deleted at the end.
    init(socket: String, collection: String, vectors: Matrix, pointsPerLine: Int, count: Int) {
        self.socket = socket
        self.pointsPerLine = pointsPerLine
        var lines: [[UInt8]] = []
        for start in stride(from: 0, to: count, by: pointsPerLine) {
            var writer = JSONWriter(capacity: 6_000 * pointsPerLine)
            writer.beginObject()
            writer.key("id")
            writer.int(1)
            writer.key("method")
            writer.string("points.upsert")
            writer.key("params")
            writer.beginObject()
            writer.key("collection")
            writer.string(collection)
            writer.key("points")
            writer.beginArray()
            for number in start..<min(start + pointsPerLine, count) {
                writer.beginObject()
                writer.key("id")
                writer.int(Self.firstID + number)
                writer.key("vector")
                writer.vector(vectors.row(number % vectors.rows), base64: true)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
            writer.endObject()
            lines.append(writer.bytes + [10])
        }
        self.lines = lines
        let ids = (0..<count).map { String(Self.firstID + $0) }.joined(separator: ",")
        cleanUp = #"{"collection":\#(JSONValue.string(collection).text),"ids":[\#(ids)]}"#
    }

    /// Writes on a thread beside `body`; returns points written a second.
    func beside(_ body: () throws -> Void) throws -> Double {
        let thrown = Mutex<(any Error)?>(nil)
        let began = nanoseconds()
        withoutActuallyEscaping(body) { body in
            let body = Unchecked(body)
            Workers.run(2) { number in
                if number == 0 {
                    do { try body.value() } catch { thrown.withLock { $0 = error } }
                    self.isStopped.store(true, ordering: .relaxed)
                } else {
                    do { try self.write() } catch { self.failure.withLock { $0 = "the writer: \(error)" } }
                }
            }
        }
        let took = Double(nanoseconds() - began) / 1e9
        if let error = thrown.withLock({ $0 }) { throw error }
        if let text = failure.withLock({ $0 }) { throw LineConnection.Failure(description: text) }
        return Double(written.load(ordering: .relaxed)) / took
    }

    private func write() throws(LineConnection.Failure) {
        let connection = try LineConnection(path: socket)
        var next = 0
        while !isStopped.load(ordering: .relaxed) {
            try connection.send(lines[next % lines.count])
            let reply = String(decoding: try connection.receive(), as: UTF8.self)
            guard reply.contains(#""upserted""#) else {
                throw LineConnection.Failure(description: String(reply.prefix(300)))
            }
            written.add(pointsPerLine, ordering: .relaxed)
            next += 1
        }
        _ = try connection.call("points.delete", cleanUp)
    }

    /// SAFETY: called by one thread only, the one that waits in `beside`.
    private struct Unchecked: @unchecked Sendable {
        let value: () throws -> Void
        init(_ value: @escaping () throws -> Void) { self.value = value }
    }
}
