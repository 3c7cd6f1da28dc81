import Foundation
import GRDB
import IlkProtocol
import IlkVectors

/// The truth of a collection: one SQLite file, opened through GRDB in WAL mode with `synchronous=FULL`.
///
/// A commit that returned has reached the disk. Readers see snapshots and never wait for the writer.
///
///     meta(key, value)                              schema, sequence, seed, format
///     point(key, ordinal, id, fields, born)         key: order of first insertion; born: the sequence that made
///                                                   the ordinal; fields: a bit for each vector field it has
///     payload(ordinal, value)                       JSON text; no row means {}
///     vector_<n>(ordinal, value)                    f32, little-endian, as the caller gave it or a model made it
///     pending(ordinal, fields, born)                fields whose text waits for its model
///     document(key, id, value, passages, text)      documents of a knowledge base; their passages are points
///
/// A point whose vectors or texts change gets a new ordinal, so what an ordinal means never changes while it lives;
/// a vector that its model owed it may come later.
final class RecordStore: Sendable {
    /// The version of the tables; a newer one is refused.
    static let format = 2

    let path: String
    private let pool: ConnectionPool

    /// Creates the file with its tables.
    static func create(at path: String, schema: CollectionSchema, seed: UInt64) throws(IlkError) -> RecordStore {
        let store = try RecordStore(path: path)
        try mapped("create the collection's tables") {
            try store.pool.write { database in
                try database.execute(sql: "CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID")
                try database.execute(
                    sql: """
                        CREATE TABLE point(
                            key INTEGER PRIMARY KEY AUTOINCREMENT, ordinal INTEGER NOT NULL, id NOT NULL UNIQUE,
                            fields INTEGER NOT NULL, born INTEGER NOT NULL)
                        """)
                try database.execute(sql: "CREATE TABLE payload(ordinal INTEGER PRIMARY KEY, value BLOB NOT NULL)")
                for place in schema.vectors.indices {
                    try database.execute(
                        sql: "CREATE TABLE vector_\(place)(ordinal INTEGER PRIMARY KEY, value BLOB NOT NULL)")
                }
                try Self.addTextTables(database)
                let meta: [(String, any DatabaseValueConvertible)] = [
                    ("format", format), ("schema", schema.json.text), ("seed", Int64(bitPattern: seed)),
                    ("sequence", 0),
                ]
                for (key, value) in meta {
                    try database.execute(sql: "INSERT INTO meta VALUES(?, ?)", arguments: [key, value])
                }
            }
        }
        return store
    }

    /// What format 2 has and format 1 had not.
    private static func addTextTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE pending(ordinal INTEGER PRIMARY KEY, fields INTEGER NOT NULL, born INTEGER NOT NULL)
                """)
        try database.execute(
            sql: """
                CREATE TABLE document(
                    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, value BLOB NOT NULL,
                    passages INTEGER NOT NULL, text BLOB NOT NULL)
                """)
    }

    /// Brings a file of an older format to this one.
    func upgrade() throws(IlkError) {
        try mapped("bring the collection to format \(Self.format)") {
            try pool.write { database in
                let format = try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'format'")
                guard format == 1 else { return }
                try Self.addTextTables(database)
                try database.execute(sql: "UPDATE meta SET value = ? WHERE key = 'format'", arguments: [Self.format])
            }
        }
    }

    /// Opens the file; creates an empty one if there is none.
    init(path: String) throws(IlkError) {
        self.path = path
        pool = try mapped("open \(path)") {
            var configuration = Configuration()
            // More than threads that read at once: an event loop must not wait for another's long read.
            configuration.maximumReaderCount = 64
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                // Vectors of 3 KiB fill a page of 16 KiB to 95 %, one of 4 KiB to 76 %.
                try database.execute(sql: "PRAGMA page_size = 16384")
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

    /// What the file says of itself.
    struct Meta {
        var schema: CollectionSchema
        var seed: UInt64
        var sequence: UInt64
    }

    /// Reads the file's own description.
    ///
    /// - Throws: `internal` where the file is no collection of a known format.
    func meta() throws(IlkError) -> Meta {
        let values: [String: DatabaseValue] = try mapped("read the collection's schema") {
            try pool.read { database in
                let rows = try Row.fetchAll(database, sql: "SELECT key, value FROM meta")
                return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as DatabaseValue) })
            }
        }
        let found = values["format"].flatMap(Int.fromDatabaseValue)
        guard let found, found <= Self.format else {
            let what = found.map { "format \($0), newer than this ilk's \(Self.format): use a newer ilk" }
            throw IlkError(.internal, "\(path) has \(what ?? "no format number: it is not a collection of ilk's")")
        }
        guard let text = values["schema"].flatMap(String.fromDatabaseValue),
            let schema = CollectionSchema(json: try JSONValue.parse(text)),
            let seed = values["seed"].flatMap(Int64.fromDatabaseValue),
            let sequence = values["sequence"].flatMap(Int64.fromDatabaseValue)
        else { throw IlkError(.internal, "\(path) has no readable schema; restore it from a snapshot") }
        return Meta(schema: schema, seed: UInt64(bitPattern: seed), sequence: UInt64(sequence))
    }

    /// Runs `body` on a snapshot of the file.
    func read<T>(_ what: String, _ body: (Database) throws -> T) throws(IlkError) -> T {
        try mapped(what) { try pool.read(body) }
    }

    /// Runs `body` in one transaction; when this returns, the transaction is on the disk.
    func write<T>(_ what: String, _ body: (Database) throws -> T) throws(IlkError) -> T {
        try mapped(what) { try pool.write(body) }
    }

    /// Writes a consistent copy of the file, compact, while writers go on.
    func copy(to destination: String) throws(IlkError) {
        try mapped("copy the collection to \(destination)") {
            let source = try DatabaseQueue(path: path)
            try source.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM INTO ?", arguments: [destination])
            }
            try source.close()
        }
    }

    /// SQLite's own examination: nil if the file is whole, else the first finding.
    func integrityProblem() throws(IlkError) -> String? {
        let findings = try read("check \(path)") { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
        return findings == ["ok"] ? nil : findings.first ?? "no answer from quick_check"
    }

    /// Closes the file; the WAL is folded back into it, unless a reader still needs it.
    func close() throws(IlkError) {
        try mapped("close \(path)") {
            // The last connection to close would do it, but GRDB closes the readers last, which may not write.
            try? pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try pool.close()
        }
    }
}

/// Runs `body` and says SQLite's errors in ilk's words.
private func mapped<T>(_ what: String, _ body: () throws -> T) throws(IlkError) -> T {
    do {
        return try body()
    } catch let error as IlkError {
        throw error
    } catch is ConnectionPool.Closed {
        throw IlkError(.unavailable, "could not \(what): the collection is closing; send it again after the restart")
    } catch let error as DatabaseError {
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR:
            throw IlkError(
                .unavailable, "could not \(what): \(error.message ?? "disk error"); free some space and send it again")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            throw IlkError(
                .internal,
                "could not \(what): \(error.message ?? "no access"); check the owner and mode of the data folder")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            throw IlkError(
                .internal, "could not \(what): \(error.message ?? "corrupt"); restore the collection from a snapshot")
        default:
            throw IlkError(.internal, "could not \(what): \(error)")
        }
    } catch {
        throw IlkError(.internal, "could not \(what): \(error)")
    }
}
