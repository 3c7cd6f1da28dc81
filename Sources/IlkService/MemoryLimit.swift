import Dispatch
import Foundation
package import IlkProtocol
import Synchronization

/// Keeps a daemon below the memory it was given: near the limit writers wait, at it they are refused; searches go on.
///
/// What counts is memory that the system cannot take back, so neither models nor databases that are mapped from files. It is
/// read at most once in 20 ms.
package final class MemoryLimit: Sendable {
    /// What becomes of a write.
    package enum Admission: Equatable {
        case now
        /// After so many seconds.
        case later(Double)
        case refused(IlkError)
    }

    /// Bytes; nil for as much as there is.
    package let bytes: Int?
    private let held: @Sendable () -> Int
    private let lastRead = Mutex<(moment: ContinuousClock.Instant, bytes: Int)?>(nil)

    /// From this share of the limit on writers wait.
    private static let slowFrom = 0.9
    /// How long, just below the limit.
    private static let longestWait = 0.2

    /// - Parameters:
    ///   - bytes: the limit; nil for none.
    ///   - held: what the process holds.
    package init(bytes: Int?, held: @escaping @Sendable () -> Int = { ProcessMemory.read().anonymous }) {
        self.bytes = bytes
        self.held = held
    }

    /// Whether a request that makes the daemon grow may run.
    package func admission() -> Admission {
        guard let bytes else { return .now }
        let now = ContinuousClock.now
        let used = lastRead.withLock { last in
            if let last, now - last.moment < .milliseconds(20) { return last.bytes }
            let used = held()
            last = (now, used)
            return used
        }
        guard used < bytes else {
            return .refused(
                IlkError(
                    .overloaded,
                    "the daemon holds \(used >> 20) MiB of memory and may hold \(bytes >> 20); drop a collection, or start it with a larger --memory-limit",
                    retryAfterMilliseconds: 1_000))
        }
        let share = Double(used) / Double(bytes)
        guard share > Self.slowFrom else { return .now }
        return .later(Self.longestWait * (share - Self.slowFrom) / (1 - Self.slowFrom))
    }
}

/// Memory of this process, in bytes.
package struct ProcessMemory {
    /// What is in memory, files among it.
    package var resident = 0
    /// What of it is no file's.
    package var anonymous = 0

    /// What the resident memory is of.
    ///
    /// `rest` is what nobody counts: parsers, which hold some nine times the longest line they saw, up to 9 MiB each; caches
    /// of SQLite and of embedded texts; models; room that the allocator keeps.
    func parts(collections: Int) -> JSONObject {
        JSONObject([
            ("collections", .int(Int64(collections))), ("files", .int(Int64(resident - anonymous))),
            ("rest", .int(Int64(max(0, anonymous - collections)))),
        ])
    }

    /// Reads /proc/self/statm; zeros where that cannot be read.
    package static func read() -> ProcessMemory {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return Self() }
        let pages = text.split(separator: " ").map { Int($0) ?? 0 }
        guard pages.count > 2 else { return Self() }
        let size = Int(sysconf(Int32(_SC_PAGESIZE)))
        return Self(resident: pages[1] * size, anonymous: (pages[1] - pages[2]) * size)
    }
}

extension Command {
    /// Whether what it asks for makes the daemon hold more.
    var takesMemory: Bool {
        switch self {
        case .pointsUpsert, .documentUpsert, .eventsAppend, .themeUpsert, .assetUpsert, .collectionReembed,
            .matchTrain, .snapshotRestore:
            true
        default: false
        }
    }
}
