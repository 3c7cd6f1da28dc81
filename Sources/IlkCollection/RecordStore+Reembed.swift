import Foundation
import GRDB
import IlkProtocol
import IlkVectors

// Vectors of a field's next model, until there are enough of them: table `reembed`, and in `meta` what they are of.
extension Records {
    /// What the vectors that are set aside are of; nil where there are none.
    func stagedPurpose() throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'reembed'")
    }

    /// Begins setting vectors aside, without those of another purpose.
    func beginStaging(_ purpose: String) throws {
        try database.execute(sql: "DROP TABLE IF EXISTS reembed")
        try database.execute(
            sql: "CREATE TABLE reembed(ordinal INTEGER PRIMARY KEY, value BLOB NOT NULL, born INTEGER NOT NULL)")
        try database.execute(sql: "INSERT OR REPLACE INTO meta VALUES('reembed', ?)", arguments: [purpose])
    }

    func stage(_ vector: [Float], of row: PointRow) throws {
        let bytes = unsafe vector.withUnsafeBytes { unsafe Data($0) }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO reembed VALUES(?, ?, ?)")
            .execute(arguments: [row.ordinal.rawValue, bytes, Int64(bitPattern: row.born)])
    }

    func forEachStaged(_ body: (Ordinal, [Float]) throws -> Void) throws {
        // An ordinal may have become another version's since: that one is embedded anew.
        let rows = try Row.fetchCursor(
            database, sql: "SELECT reembed.ordinal, value FROM reembed JOIN point USING(ordinal, born)")
        while let row = try rows.next() {
            try body(Ordinal(row[0] as UInt32), floats(row[1]))
        }
    }

    /// Makes the vectors that were set aside those of a field, and its texts without one wait for the new model.
    func adoptStaged(field: Int, waiting: [PendingRow], schema: CollectionSchema) throws {
        let bit = Int64(bitPattern: 1 << UInt64(field))
        try database.execute(sql: "DELETE FROM vector_\(field)")
        try database.execute(
            sql: """
                INSERT INTO vector_\(field) SELECT reembed.ordinal, value FROM reembed JOIN point USING(ordinal, born)
                """)
        try database.execute(sql: "DROP TABLE reembed")
        try database.execute(
            sql: """
                UPDATE point SET fields = CASE WHEN ordinal IN (SELECT ordinal FROM vector_\(field))
                    THEN fields | ? ELSE fields & ~? END
                """, arguments: [bit, bit])
        try database.execute(sql: "UPDATE pending SET fields = fields & ~?", arguments: [bit])
        for row in waiting {
            try database.execute(
                sql: """
                    INSERT INTO pending VALUES(?, ?, ?)
                    ON CONFLICT(ordinal) DO UPDATE SET fields = pending.fields | excluded.fields
                    """,
                arguments: [row.ordinal.rawValue, Int64(bitPattern: row.fields), Int64(bitPattern: row.born)])
        }
        try database.execute(sql: "DELETE FROM pending WHERE fields = 0")
        try database.execute(sql: "DELETE FROM meta WHERE key = 'reembed'")
        try database.execute(
            sql: "UPDATE meta SET value = ? WHERE key = 'schema'", arguments: [schema.json.text])
    }
}
