import Foundation
import GRDB
package import IlkProtocol

/// A document as it is stored; its passages are points.
package struct StoredDocument: Sendable {
    /// Its place in the order of first insertion.
    package var key: Int64
    package var id: String
    /// Title, format, metadata, context: what its keeper put there.
    package var value: JSONText
    /// The text that passages cite; empty where it was not asked for.
    package var text: String
    /// How many passages it has.
    package var passages: Int
}

extension StoredDocument: FetchableRecord {
    init(row: Row) throws {
        key = row[0]
        id = row[1]
        value = JSONText(validated: [UInt8](row[2] as Data))
        passages = row[3]
        text = String(decoding: row[4] as Data, as: UTF8.self)
    }
}

extension Records {
    /// A document without its text.
    func document(_ id: String) throws -> StoredDocument? {
        let statement = try database.cachedStatement(
            sql: "SELECT key, id, value, passages, x'' FROM document WHERE id = ?")
        return try StoredDocument.fetchOne(statement, arguments: [id])
    }

    func documentWithText(_ id: String) throws -> StoredDocument? {
        let statement = try database.cachedStatement(
            sql: "SELECT key, id, value, passages, text FROM document WHERE id = ?")
        return try StoredDocument.fetchOne(statement, arguments: [id])
    }

    /// Documents without their texts, in the order of first insertion, after `key`.
    func documents(after key: Int64, limit: Int) throws -> [StoredDocument] {
        let statement = try database.cachedStatement(
            sql: "SELECT key, id, value, passages, x'' FROM document WHERE key > ? ORDER BY key LIMIT ?")
        return try StoredDocument.fetchAll(statement, arguments: [key, limit])
    }

    func countDocuments() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM document") ?? 0
    }

    func setDocument(_ id: String, value: JSONText, text: String, passages: Int) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO document(id, value, passages, text) VALUES(?, ?, ?, ?)
                ON CONFLICT(id) DO UPDATE SET value = excluded.value, passages = excluded.passages, text = excluded.text
                """)
        try statement.execute(arguments: [id, Data(value.bytes), passages, Data(text.utf8)])
    }

    func deleteDocument(_ id: String) throws {
        try database.cachedStatement(sql: "DELETE FROM document WHERE id = ?").execute(arguments: [id])
    }
}
