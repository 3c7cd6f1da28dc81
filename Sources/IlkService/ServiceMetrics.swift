import IlkProtocol
import Synchronization

/// What `stats` counts since the daemon started.
///
/// A lock a method: two event loops seldom meet in one, and an uncontended lock costs some 6 ns.
package final class ServiceMetrics: Sendable {
    /// The parts of a search's time.
    package enum Share: Int, CaseIterable, Sendable {
        /// From the line to the request.
        case parse
        /// In the collection.
        case search
        /// The reply as JSON text.
        case write
        /// From the reply to the socket, flush included.
        case send
    }

    struct Meter: Sendable {
        var errors: UInt64 = 0
        var latency = LatencyHistogram()
    }

    /// `Mutex` cannot be an array's element.
    private final class Cell<Value: Sendable>: Sendable {
        let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
    }

    let started = monotonicNanoseconds()
    private let meters = Dictionary(uniqueKeysWithValues: Method.allCases.map { ($0, Cell(Meter())) })
    /// Of what could not be read as a request of any method.
    private let refusals = Cell(Meter())
    private let shares: [Cell<LatencyHistogram>] = Share.allCases.map { _ in Cell(LatencyHistogram()) }
    private let errors = Mutex<[ErrorCode: UInt64]>([:])
    private let connections = Mutex<(open: Int, accepted: UInt64, refused: UInt64)>((0, 0, 0))

    init() {}

    func record(_ method: Method?, nanoseconds: UInt64, error: ErrorCode?) {
        (method.flatMap { meters[$0] } ?? refusals).value.withLock { meter in
            meter.latency.record(nanoseconds)
            if error != nil { meter.errors += 1 }
        }
        if let error { errors.withLock { $0[error, default: 0] += 1 } }
    }

    /// Counts a part of a search's time.
    package func record(_ share: Share, nanoseconds: UInt64) {
        shares[share.rawValue].value.withLock { $0.record(nanoseconds) }
    }

    package func connectionOpened() {
        connections.withLock { $0 = ($0.open + 1, $0.accepted + 1, $0.refused) }
    }

    package func connectionClosed() { connections.withLock { $0.open -= 1 } }
    package func connectionRefused() { connections.withLock { $0.refused += 1 } }

    /// Methods that were called at least once, and what was refused.
    func methodMeters() -> [(name: String, meter: Meter)] {
        let named = Method.allCases.map { ($0.rawValue, meters[$0] ?? refusals) } + [("(refused)", refusals)]
        return named.compactMap { name, cell in
            let meter = cell.value.withLock { $0 }
            return meter.latency.count == 0 ? nil : (name, meter)
        }
    }

    func shareHistogram(_ share: Share) -> LatencyHistogram { shares[share.rawValue].value.withLock { $0 } }
    func errorCounts() -> [ErrorCode: UInt64] { errors.withLock { $0 } }
    func connectionCounts() -> (open: Int, accepted: UInt64, refused: UInt64) { connections.withLock { $0 } }
}
