import Foundation
import GRDB
package import IlkProtocol

// What upper floors keep with a collection, in its file: one table for all kinds of it.
//
//     kept(key, kind, id, value)      key: order of first insertion; value: JSON text
//
// The table is made when something is first kept. A file with it is still of the format that it was: whoever does not
// know the table passes it over.
extension RecordStore {
    private static func hasTable(_ database: Database) throws -> Bool { try database.tableExists("kept") }

    /// Puts values in the places of those with the same ids; the others stay.
    ///
    /// - Returns: their keys.
    func keep(_ kind: String, _ values: [(id: String, value: JSONText)]) throws(IlkError) -> [Int64] {
        try write("keep \(kind)") { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS kept(
                        key INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL,
                        value BLOB NOT NULL, UNIQUE(kind, id))
                    """)
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO kept(kind, id, value) VALUES(?, ?, ?)
                    ON CONFLICT(kind, id) DO UPDATE SET value = excluded.value
                    """)
            let key = try database.cachedStatement(sql: "SELECT key FROM kept WHERE kind = ? AND id = ?")
            return try values.map { id, value in
                try statement.execute(arguments: [kind, id, Data(value.bytes)])
                return try Int64.fetchOne(key, arguments: [kind, id]) ?? 0
            }
        }
    }

    /// Takes values away; how many there were.
    func discard(_ kind: String, _ ids: [String]) throws(IlkError) -> Int {
        try write("discard \(kind)") { database in
            guard try Self.hasTable(database) else { return 0 }
            let statement = try database.cachedStatement(sql: "DELETE FROM kept WHERE kind = ? AND id = ?")
            return try ids.reduce(0) { count, id in
                try statement.execute(arguments: [kind, id])
                return count + database.changesCount
            }
        }
    }

    /// Everything of a kind, in the order of first insertion.
    func kept(_ kind: String) throws(IlkError) -> [KeptValue] {
        try read("read \(kind)") { database in
            guard try Self.hasTable(database) else { return [] }
            let rows = try Row.fetchAll(
                database, sql: "SELECT key, id, value FROM kept WHERE kind = ? ORDER BY key", arguments: [kind])
            return rows.map { KeptValue(key: $0[0], id: $0[1], value: JSONText(validated: [UInt8]($0[2] as Data))) }
        }
    }
}

/// A value that an upper floor keeps with a collection.
package struct KeptValue: Sendable {
    /// Its place in the order of first insertion; never used again.
    package var key: Int64
    package var id: String
    package var value: JSONText
}

extension VectorCollection {
    /// Keeps values of a kind with the collection: when this returns they are on the disk, and they go where it goes.
    ///
    /// They are in the collection's one file, so snapshots have them and dropping it takes them away.
    ///
    /// - Returns: the keys of the values: the order of first insertion.
    package func keep(_ kind: String, _ values: [(id: String, value: JSONText)]) throws(IlkError) -> [Int64] {
        try content().store.keep(kind, values)
    }

    /// Takes kept values away; how many there were.
    package func discard(_ kind: String, _ ids: [String]) throws(IlkError) -> Int {
        try content().store.discard(kind, ids)
    }

    /// Everything that is kept of a kind, in the order of first insertion.
    package func kept(_ kind: String) throws(IlkError) -> [KeptValue] {
        try content().store.kept(kind)
    }
}
