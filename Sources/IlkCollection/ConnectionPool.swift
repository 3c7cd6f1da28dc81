import Dispatch
package import GRDB
import Synchronization

/// The connections to a SQLite file, which may be closed while others read and write.
///
/// GRDB 7.10 closes the connections of a pool beneath a reader that is just waiting for one, and SQLite then goes through
/// a null pointer. So closing waits here for whoever is at it, and whoever comes later is refused.
package final class ConnectionPool: Sendable {
    /// What whoever comes after ``close()`` gets.
    package struct Closed: Error {}

    private struct Users {
        var count = 0
        var isClosed = false
    }

    private let pool: DatabasePool
    private let users = Mutex(Users())
    private let idle = DispatchSemaphore(value: 0)

    package init(path: String, configuration: Configuration) throws {
        pool = try DatabasePool(path: path, configuration: configuration)
    }

    /// Runs `body` on a snapshot of the file.
    package func read<T>(_ body: (Database) throws -> T) throws -> T {
        try using { try $0.read(body) }
    }

    /// Runs `body` in one transaction.
    package func write<T>(_ body: (Database) throws -> T) throws -> T {
        try using { try $0.write(body) }
    }

    package func writeWithoutTransaction<T>(_ body: (Database) throws -> T) throws -> T {
        try using { try $0.writeWithoutTransaction(body) }
    }

    /// Closes the file once nobody reads or writes; the second time it does nothing.
    package func close() throws {
        let found = users.withLock { users in
            defer { users.isClosed = true }
            return users
        }
        guard !found.isClosed else { return }
        if found.count > 0 { idle.wait() }
        try pool.close()
    }

    private func using<T>(_ body: (DatabasePool) throws -> T) throws -> T {
        let isOpen = users.withLock { users in
            if !users.isClosed { users.count += 1 }
            return !users.isClosed
        }
        guard isOpen else { throw Closed() }
        defer {
            let isLast = users.withLock { users in
                users.count -= 1
                return users.isClosed && users.count == 0
            }
            if isLast { idle.signal() }
        }
        return try body(pool)
    }
}
