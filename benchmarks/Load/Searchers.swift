import Glibc
import IlkProtocol
import IlkVectors
import Synchronization

/// Clients that search at the same time, each on a connection and a thread of its own.
struct Searchers {
    var socket: String
    var clients: Int
    /// Requests a client has under way: 1 waits for each reply.
    var depth: Int
    /// Whole request lines, asked in turn; the id of each is its place here.
    var lines: [[UInt8]]

    /// What the clients saw.
    struct Outcome {
        var seconds: Double
        /// Nanoseconds from sending a request to having its reply, sorted.
        var latencies: [UInt64]
        var errors: Int

        var requestsPerSecond: Double { Double(latencies.count) / seconds }

        /// Microseconds within which this share of the requests was answered.
        func quantile(_ share: Double) -> Double {
            guard !latencies.isEmpty else { return 0 }
            let place = Int((Double(latencies.count - 1) * share).rounded())
            return Double(latencies[place]) / 1_000
        }
    }

    /// Searches until so many seconds have passed or so many requests were sent.
    func run(seconds: Double, requests: Int = .max) throws -> Outcome {
        let sent = Atomic<Int>(0)
        let gathered = Mutex<(latencies: [UInt64], errors: Int, failure: (any Error)?)>(([], 0, nil))
        let began = nanoseconds()
        let deadline = began + UInt64(seconds * 1e9)
        Workers.run(clients) { number in
            do {
                let (latencies, errors) = try work(first: number * lines.count / clients, until: deadline) {
                    sent.add(1, ordering: .relaxed).oldValue < requests
                }
                gathered.withLock {
                    $0.latencies += latencies
                    $0.errors += errors
                }
            } catch {
                gathered.withLock { $0.failure = error }
            }
        }
        let took = Double(nanoseconds() - began) / 1e9
        return try gathered.withLock { gathered in
            if let failure = gathered.failure { throw failure }
            return Outcome(seconds: took, latencies: gathered.latencies.sorted(), errors: gathered.errors)
        }
    }

    /// One client; replies may come in any order, and their ids tell which request they answer.
    private func work(
        first: Int, until deadline: UInt64, mayGoOn: () -> Bool
    ) throws -> (latencies: [UInt64], errors: Int) {
        let connection = try LineConnection(path: socket)
        var latencies: [UInt64] = []
        latencies.reserveCapacity(1 << 18)
        var errors = 0
        // When the request with this id was sent.
        var sentAt: [Int: UInt64] = [:]
        var next = first
        var isSending = true
        while isSending || !sentAt.isEmpty {
            while isSending, sentAt.count < min(depth, lines.count) {
                isSending = nanoseconds() < deadline && mayGoOn()
                guard isSending else { break }
                let id = next % lines.count
                guard sentAt[id] == nil else { break }
                sentAt[id] = nanoseconds()
                try connection.send(lines[id])
                next += 1
            }
            guard !sentAt.isEmpty else { break }
            let reply = try connection.receive()
            guard let id = Self.id(of: reply), let sent = sentAt.removeValue(forKey: id) else {
                throw LineConnection.Failure(
                    description: "a reply to no request: \(String(decoding: reply.prefix(200), as: UTF8.self))")
            }
            latencies.append(nanoseconds() - sent)
            if isError(reply) { errors += 1 }
        }
        return (latencies, errors)
    }

    /// The number behind the first `"id":`, which stands before the result.
    private static func id(of reply: ArraySlice<UInt8>) -> Int? {
        let key = Array(#""id":"#.utf8)
        guard let place = reply.indices.first(where: { reply[$0...].starts(with: key) }) else { return nil }
        let digits = reply[(place + key.count)...].prefix { (48...57).contains($0) }
        return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private func isError(_ line: ArraySlice<UInt8>) -> Bool {
        // A result of a search has hits at its beginning; an error is short.
        line.count < 4_096 && String(decoding: line, as: UTF8.self).contains(#""error":"#)
    }
}

/// The monotonic clock.
func nanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
