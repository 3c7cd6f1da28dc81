import Foundation
import GRDB
import IlkProtocol
import IlkVectors

/// A version of a point whose texts wait for their models.
struct PendingRow: Sendable, Equatable {
    var ordinal: Ordinal
    /// Bit `n` is set where vector field `n` waits.
    var fields: UInt64
    /// The sequence that made the ordinal: it tells one owner of an ordinal from the next.
    var born: UInt64
}

extension PendingRow: FetchableRecord {
    init(row: Row) throws {
        ordinal = Ordinal(row[0] as UInt32)
        fields = UInt64(bitPattern: row[1] as Int64)
        born = UInt64(bitPattern: row[2] as Int64)
    }
}

extension Records {
    /// Every version that waits, oldest first.
    func allPending() throws -> [PendingRow] {
        try PendingRow.fetchAll(database, sql: "SELECT ordinal, fields, born FROM pending ORDER BY born")
    }

    func pending(_ ordinal: Ordinal) throws -> PendingRow? {
        let statement = try database.cachedStatement(
            sql: "SELECT ordinal, fields, born FROM pending WHERE ordinal = ?")
        return try PendingRow.fetchOne(statement, arguments: [ordinal.rawValue])
    }

    /// Notes what waits; no fields means that nothing does.
    func setPending(_ row: PendingRow) throws {
        guard row.fields != 0 else {
            try database.cachedStatement(sql: "DELETE FROM pending WHERE ordinal = ?")
                .execute(arguments: [row.ordinal.rawValue])
            return
        }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO pending VALUES(?, ?, ?)")
            .execute(arguments: [row.ordinal.rawValue, Int64(bitPattern: row.fields), Int64(bitPattern: row.born)])
    }

    /// Notes that a version has vectors in other fields than before.
    func setFields(_ fields: UInt64, of id: PointID) throws {
        try database.cachedStatement(sql: "UPDATE point SET fields = ? WHERE id = ?")
            .execute(arguments: [Int64(bitPattern: fields), id.databaseValue])
    }
}
