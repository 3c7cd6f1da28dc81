import GRDB
import IlkCollection
import IlkProtocol

/// A named list of people, as the log keeps it.
struct KeptAudience: Sendable, Equatable {
    var name: String
    /// When it was saved, in seconds since 1970.
    var made: Int64
    var count: Int
}

// Named lists of people:
//
//     audience(name, made)
//     audience_member(audience, place, user, score)   user: the name itself; score: null where the caller brought them
extension EventLog {
    /// Audiences of a collection.
    static let audienceLimit = 1_000

    static let audienceTables = """
        CREATE TABLE IF NOT EXISTS audience(name TEXT PRIMARY KEY, made INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS audience_member(
            audience TEXT NOT NULL, place INTEGER NOT NULL, user NOT NULL, score REAL,
            PRIMARY KEY(audience, place)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS audience_user ON audience_member(user);
        """

    /// Keeps an audience in the place of one of that name.
    ///
    /// - Parameters:
    ///   - name: of it.
    ///   - members: each once, best first.
    ///   - made: the moment, in seconds since 1970.
    /// - Throws: `too_large` where there are too many.
    func save(audience name: String, _ members: [(id: PointID, score: Double?)], made: Int64) throws(IlkError) {
        try file.write("keep the audience '\(name)'") { database in
            let others = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM audience WHERE name <> ?", arguments: [name])
            guard others ?? 0 < Self.audienceLimit else {
                throw IlkError(
                    .tooLarge, "there are \(Self.audienceLimit) audiences; delete one with audience.delete first")
            }
            try database.execute(sql: "INSERT OR REPLACE INTO audience VALUES(?, ?)", arguments: [name, made])
            try database.execute(sql: "DELETE FROM audience_member WHERE audience = ?", arguments: [name])
            let insert = try database.cachedStatement(sql: "INSERT INTO audience_member VALUES(?, ?, ?, ?)")
            for (place, member) in members.enumerated() {
                try insert.execute(arguments: [name, place, member.id.databaseValue, member.score])
            }
        }
    }

    /// The audiences there are, by name.
    func audiences() throws(IlkError) -> [KeptAudience] {
        try file.read("read the audiences") { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT name, made, (SELECT count(*) FROM audience_member WHERE audience = name)
                    FROM audience ORDER BY name
                    """
            ).map { KeptAudience(name: $0[0], made: $0[1], count: $0[2]) }
        }
    }

    /// The people of an audience after a place, with their places; nil where there is no such audience.
    func members(
        ofAudience name: String, after place: Int64 = -1, limit: Int
    ) throws(IlkError) -> [(place: Int64, id: PointID, score: Double?)]? {
        try file.read("read the audience '\(name)'") { database in
            guard
                try Int.fetchOne(database, sql: "SELECT 1 FROM audience WHERE name = ?", arguments: [name]) != nil
            else { return nil }
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT place, user, score FROM audience_member WHERE audience = ? AND place > ?
                    ORDER BY place LIMIT ?
                    """, arguments: [name, place, limit]
            ).map { ($0[0], try PointID(databaseValue: $0[1]), $0[2]) }
        }
    }

    /// Deletes an audience; whether there was one.
    func delete(audience name: String) throws(IlkError) -> Bool {
        try file.write("delete the audience '\(name)'") { database in
            try database.execute(sql: "DELETE FROM audience_member WHERE audience = ?", arguments: [name])
            try database.execute(sql: "DELETE FROM audience WHERE name = ?", arguments: [name])
            return database.changesCount > 0
        }
    }
}
