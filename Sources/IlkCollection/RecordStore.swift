import Foundation
import GRDB
import IlkProtocol
import IlkVectors

/// The truth of a collection: one SQLite file, opened through GRDB in WAL mode with `synchronous=FULL`.
///
/// A commit that returned has reached the disk. Readers see snapshots and never wait for the writer.
///
///     meta(key, value)                              schema, sequence, seed, format
///     point(key, ordinal, id, fields, born,         key: order of first insertion; born: the sequence that made
///           expires)                                the ordinal; fields: a bit for each vector field it has;
///                                                   expires: seconds since 1970, NULL for never
///     payload(ordinal, value)                       JSON text; no row means {}
///     vector_<n>(ordinal, value)                    f32, little-endian, as the caller gave it or a model made it
///     pending(ordinal, fields, born)                fields whose text waits for its model
///     document(key, id, value, passages, text)      documents of a knowledge base; their passages are points
///
/// A point whose vectors or texts change gets a new ordinal, so what an ordinal means never changes while it lives;
/// a vector that its model owed it may come later.
final class RecordStore: Sendable {
    /// The version of the tables; a newer one is refused.
    static let format = 3

    private let file: SQLiteFile

    var path: String { file.path }

    /// Creates the file with its tables.
    static func create(at path: String, schema: CollectionSchema, seed: UInt64) throws(IlkError) -> RecordStore {
        let store = try RecordStore(path: path)
        try store.write("create the collection's tables") { database in
            try database.execute(sql: "CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID")
            try database.execute(
                sql: """
                    CREATE TABLE point(
                        key INTEGER PRIMARY KEY AUTOINCREMENT, ordinal INTEGER NOT NULL, id NOT NULL UNIQUE,
                        fields INTEGER NOT NULL, born INTEGER NOT NULL, expires INTEGER)
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
        try write("bring the collection to format \(Self.format)") { database in
            let format = try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'format'")
            guard let format, format < Self.format else { return }
            if format < 2 { try Self.addTextTables(database) }
            // Format 3: points may expire. The rows stay as they are.
            try database.execute(sql: "ALTER TABLE point ADD COLUMN expires INTEGER")
            try database.execute(sql: "UPDATE meta SET value = ? WHERE key = 'format'", arguments: [Self.format])
        }
    }

    /// Opens the file; creates an empty one if there is none.
    init(path: String) throws(IlkError) {
        // Vectors of 3 KiB fill a page of 16 KiB to 95 %, one of 4 KiB to 76 %.
        file = try SQLiteFile(path: path, owner: "the collection", pageSize: 16_384)
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
        let values: [String: DatabaseValue] = try read("read the collection's schema") { database in
            let rows = try Row.fetchAll(database, sql: "SELECT key, value FROM meta")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as DatabaseValue) })
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
    func read<T>(_ what: String, _ body: (Database) throws -> T) throws(IlkError) -> T { try file.read(what, body) }

    /// Runs `body` in one transaction; when this returns, the transaction is on the disk.
    func write<T>(_ what: String, _ body: (Database) throws -> T) throws(IlkError) -> T { try file.write(what, body) }

    /// Writes a consistent copy of the file, compact, while writers go on.
    func copy(to destination: String) throws(IlkError) { try file.copy(to: destination) }

    /// SQLite's own examination: nil if the file is whole, else the first finding.
    func integrityProblem() throws(IlkError) -> String? {
        let findings = try read("check \(path)") { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
        return findings == ["ok"] ? nil : findings.first ?? "no answer from quick_check"
    }

    /// Closes the file; the WAL is folded back into it, unless a reader still needs it.
    func close() throws(IlkError) { try file.close() }
}
