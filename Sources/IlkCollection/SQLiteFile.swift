import Foundation
package import GRDB
package import IlkProtocol

/// A SQLite file whose commits are on the disk when they return: WAL mode with `synchronous=FULL`.
///
/// Readers see snapshots and never wait for the writer. Its errors are ilk's, and say what to do.
package final class SQLiteFile: Sendable {
    package let path: String
    /// What it is of, in the words of an error: `the collection`.
    private let owner: String
    private let pool: ConnectionPool

    /// Opens the file; creates an empty one if there is none.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - owner: what it is of, in the words of an error.
    ///   - pageSize: bytes of a page, where the file is new.
    ///   - prepare: done on every connection.
    /// - Throws: what SQLite says, in ilk's words.
    package init(
        path: String, owner: String, pageSize: Int, prepare: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) throws(IlkError) {
        self.path = path
        self.owner = owner
        pool = try Self.mapped("open \(path)", owner) {
            var configuration = Configuration()
            // More than threads that read at once: an event loop must not wait for another's long read.
            configuration.maximumReaderCount = 64
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA page_size = \(pageSize)")
                try prepare(database)
            }
            let pool = try ConnectionPool(path: path, configuration: configuration)
            // Last, because GRDB sets NORMAL when it turns WAL on: then a commit would return before it is on the disk.
            let level = try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                return try Int.fetchOne(database, sql: "PRAGMA synchronous")
            }
            guard level == 2 else {
                throw IlkError(.internal, "SQLite does not sync commits (synchronous is \(level ?? -1)); report this")
            }
            return pool
        }
    }

    /// Runs `body` on a snapshot of the file.
    package func read<T>(_ what: String, _ body: (Database) throws -> T) throws(IlkError) -> T {
        try Self.mapped(what, owner) { try pool.read(body) }
    }

    /// Runs `body` in one transaction; when this returns, the transaction is on the disk.
    package func write<T>(_ what: String, _ body: (Database) throws -> T) throws(IlkError) -> T {
        try Self.mapped(what, owner) { try pool.write(body) }
    }

    /// Writes the file anew without what was deleted from it, and empties the WAL.
    package func compact() throws(IlkError) {
        try Self.mapped("compact \(path)", owner) {
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM")
                _ = try database.checkpoint(.truncate)
            }
        }
    }

    /// Writes a consistent copy of the file, compact, while writers go on.
    package func copy(to destination: String) throws(IlkError) {
        try Self.copy(path, to: destination, of: owner)
    }

    /// Writes a consistent copy of a file, compact, whoever has it open.
    static func copy(_ path: String, to destination: String, of owner: String) throws(IlkError) {
        try mapped("copy \(owner) to \(destination)", owner) {
            let source = try DatabaseQueue(path: path)
            try source.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM INTO ?", arguments: [destination])
            }
            try source.close()
        }
    }

    /// Closes the file; the WAL is folded back into it, unless a reader still needs it.
    package func close() throws(IlkError) {
        try Self.mapped("close \(path)", owner) {
            // The last connection to close would do it, but GRDB closes the readers last, which may not write.
            try? pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try pool.close()
        }
    }

    /// Runs `body` and says SQLite's errors in ilk's words.
    private static func mapped<T>(_ what: String, _ owner: String, _ body: () throws -> T) throws(IlkError) -> T {
        do {
            return try body()
        } catch let error as IlkError {
            throw error
        } catch is ConnectionPool.Closed {
            throw IlkError(.unavailable, "could not \(what): \(owner) is closing; send it again after the restart")
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL, .SQLITE_IOERR:
                throw IlkError(
                    .unavailable,
                    "could not \(what): \(error.message ?? "disk error"); free some space and send it again")
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                throw IlkError(
                    .internal,
                    "could not \(what): \(error.message ?? "no access"); check the owner and mode of the data folder")
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                throw IlkError(
                    .internal,
                    "could not \(what): \(error.message ?? "corrupt"); restore \(owner) from a snapshot")
            default:
                throw IlkError(.internal, "could not \(what): \(error)")
            }
        } catch {
            throw IlkError(.internal, "could not \(what): \(error)")
        }
    }
}
