import GRDB
import IlkCollection
import IlkProtocol

/// The truth of what people did: one SQLite file in the collection's folder.
///
///     meta(key, value)                                   format, retention_days
///     type(number, name, weight, half_life)              what events of a type say
///     user(number, id)                                   each name once
///     item(number, id)
///     event(sequence, key, user, item, type, value, at, context)
///     model(kind, generation, made, active, items, value)   what was trained; see ModelBytes
///     model_report(kind, generation, report)             what was measured of it, as JSON
///     layout, answer                                     what answers showed; see EventLog+Shown
///     audience, audience_member                          named lists of people; see EventLog+Audiences
///
/// A commit that returned has reached the disk. Deleted rows are overwritten at once (`secure_delete`); what the file and
/// its WAL may still hold of them goes with ``compact()``.
final class EventLog: Sendable {
    /// The version of the tables; a newer one is refused.
    static let format = 1

    let file: SQLiteFile

    /// Opens the log of a folder; creates it if there is none.
    init(folder: String) throws(IlkError) {
        file = try SQLiteFile(path: VectorCollection.companionPath(in: folder), owner: "the event log", pageSize: 4_096)
        { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            // Keys and users come in any order: with SQLite's own 2 MB most inserts into a log of millions read a page.
            try database.execute(sql: "PRAGMA cache_size = -65536")
        }
        try file.write("create the tables of events") { database in
            try database.execute(sql: Self.modelTables)
            try database.execute(sql: Self.shownTables)
            try database.execute(sql: Self.audienceTables)
            guard try !database.tableExists("event") else { return }
            try database.execute(
                sql: """
                    CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
                    CREATE TABLE type(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, weight REAL NOT NULL,
                        half_life REAL NOT NULL);
                    CREATE TABLE user(number INTEGER PRIMARY KEY, id NOT NULL UNIQUE);
                    CREATE TABLE item(number INTEGER PRIMARY KEY, id NOT NULL UNIQUE);
                    CREATE TABLE event(
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, user INTEGER NOT NULL,
                        item INTEGER NOT NULL, type INTEGER NOT NULL, value REAL, at INTEGER NOT NULL, context TEXT);
                    CREATE INDEX event_user ON event(user);
                    """)
            try database.execute(
                sql: "INSERT INTO meta VALUES('format', ?), ('retention_days', 0)", arguments: [Self.format])
            for (number, type) in EventTypes.builtIn.enumerated() {
                try Self.save(type, as: number, database)
            }
        }
        let found = try file.read("read the format of the events") { database in
            try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'format'")
        }
        guard let found, found <= Self.format else {
            throw IlkError(
                .internal,
                "\(file.path) has format \(found ?? 0), and this ilk knows up to \(Self.format): use a newer ilk")
        }
    }

    private static func save(_ type: EventTypes.Entry, as number: Int, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO type VALUES(?, ?, ?, ?)",
            arguments: [number, type.name, Double(type.weight), Double(type.halfLifeDays)])
    }

    // MARK: Settings

    /// What may be set for a log.
    struct Settings: Sendable, Equatable {
        var types = EventTypes()
        /// Days after which an event may be deleted; 0 keeps all.
        var retentionDays = 0
    }

    func settings() throws(IlkError) -> Settings {
        try file.read("read the types of events") { database in
            var settings = Settings()
            let rows = try Row.fetchCursor(database, sql: "SELECT name, weight, half_life FROM type ORDER BY number")
            while let row = try rows.next() {
                try settings.types.set(
                    EventTypes.Entry(
                        name: row[0], weight: Float(row[1] as Double), halfLifeDays: Float(row[2] as Double)))
            }
            settings.retentionDays =
                try Int.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'retention_days'") ?? 0
            return settings
        }
    }

    func save(_ settings: Settings) throws(IlkError) {
        try file.write("keep the types of events") { database in
            for (number, type) in settings.types.entries.enumerated() { try Self.save(type, as: number, database) }
            try database.execute(
                sql: "UPDATE meta SET value = ? WHERE key = 'retention_days'", arguments: [settings.retentionDays])
        }
    }

    // MARK: Reading everything

    /// Every name of a table, `user` or `item`.
    func forEachName(in table: String, _ body: (UInt32, PointID) -> Void) throws(IlkError) {
        try file.read("read the names of events") { database in
            let rows = try Row.fetchCursor(database, sql: "SELECT number, id FROM \(table) ORDER BY number")
            while let row = try rows.next() { body(row[0], try PointID(databaseValue: row[1])) }
        }
    }

    /// Every event, in the order in which they were appended.
    func forEachEvent(_ body: (Int64, LoggedEvent) -> Void) throws(IlkError) {
        try file.read("read the events") { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT sequence, user, item, type, value, at FROM event ORDER BY sequence")
            while let row = try rows.next() {
                let event = LoggedEvent(
                    user: UserNumber(row[1]), item: ItemNumber(row[2]), at: Moment(row[5] as UInt32),
                    value: (row[4] as Double?).map { Float($0) } ?? .nan, type: row[3])
                body(row[0], event)
            }
        }
    }

    /// Events after a sequence number, with those left out that are not asked for.
    func events(
        after sequence: Int64, user: UInt32?, type: UInt8?, limit: Int
    ) throws(IlkError) -> [(event: LoggedEvent, sequence: Int64, key: String?, value: Double?, context: String?)] {
        try file.read("read the events") { database in
            var conditions = ["sequence > ?"]
            var arguments: [any DatabaseValueConvertible] = [sequence]
            if let user {
                conditions.append("user = ?")
                arguments.append(user)
            }
            if let type {
                conditions.append("type = ?")
                arguments.append(type)
            }
            let statement = try database.cachedStatement(
                sql: """
                    SELECT sequence, user, item, type, value, at, key, context FROM event
                    WHERE \(conditions.joined(separator: " AND ")) ORDER BY sequence LIMIT ?
                    """)
            let rows = try Row.fetchAll(statement, arguments: StatementArguments(arguments + [limit]))
            return rows.map { row in
                let event = LoggedEvent(
                    user: UserNumber(row[1]), item: ItemNumber(row[2]), at: Moment(row[5] as UInt32), value: .nan,
                    type: row[3])
                return (event, row[0], row[6], row[4], row[7])
            }
        }
    }

    func close() throws(IlkError) { try file.close() }
}
