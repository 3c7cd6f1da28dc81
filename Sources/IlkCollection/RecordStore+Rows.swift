import Foundation
package import GRDB
package import IlkProtocol
import IlkVectors

/// One row of `point`.
struct PointRow {
    var key: Int64
    var ordinal: Ordinal
    var id: PointID
    /// Bit `n` is set where the point has a vector in field `n`.
    var fields: UInt64
    /// The sequence of the write that made this ordinal.
    var born: UInt64
    /// The second since 1970 from which on it is not found any more; nil for never.
    var expires: Int64?
}

extension PointRow: FetchableRecord {
    static let columns = "key, ordinal, id, fields, born, expires"

    init(row: Row) throws {
        key = row[0]
        ordinal = Ordinal(row[1] as UInt32)
        id = try PointID(databaseValue: row[2])
        fields = UInt64(bitPattern: row[3] as Int64)
        born = UInt64(bitPattern: row[4] as Int64)
        expires = row[5]
    }
}

extension PointID {
    /// A number keeps its 64 bits in SQLite's signed integer; a string is text, so `7` and `"7"` stay apart.
    package var databaseValue: DatabaseValue {
        switch self {
        case .string(let text): text.databaseValue
        case .number(let number): Int64(bitPattern: number).databaseValue
        }
    }

    package init(databaseValue: DatabaseValue) throws {
        switch databaseValue.storage {
        case .string(let text): self = .string(text)
        case .int64(let number): self = .number(UInt64(bitPattern: number))
        default:
            throw IlkError(
                .internal, "a point's id is neither text nor integer; restore the collection from a snapshot")
        }
    }
}

/// The statements of the collection's tables, on a connection that the caller holds.
///
/// Every statement is prepared once a connection and cached by GRDB.
struct Records {
    let database: Database

    func point(_ id: PointID) throws -> PointRow? {
        let statement = try database.cachedStatement(sql: "SELECT \(PointRow.columns) FROM point WHERE id = ?")
        return try PointRow.fetchOne(statement, arguments: [id.databaseValue])
    }

    /// Every point, in the order of first insertion, after `key`.
    func points(after key: Int64, limit: Int) throws -> [PointRow] {
        let statement = try database.cachedStatement(
            sql: "SELECT \(PointRow.columns) FROM point WHERE key > ? ORDER BY key LIMIT ?")
        return try PointRow.fetchAll(statement, arguments: [key, limit])
    }

    func pointCount() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM point") ?? 0
    }

    func forEachPoint(_ body: (PointRow) throws -> Void) throws {
        let rows = try PointRow.fetchCursor(database, sql: "SELECT \(PointRow.columns) FROM point")
        while let row = try rows.next() { try body(row) }
    }

    /// Points in the reverse order of first insertion.
    func newest(_ count: Int, within: Int, where isWanted: (Ordinal) -> Bool) throws -> [Ordinal] {
        let statement = try database.cachedStatement(sql: "SELECT ordinal FROM point ORDER BY key DESC LIMIT ?")
        var found: [Ordinal] = []
        let rows = try Row.fetchCursor(statement, arguments: [within])
        while found.count < count, let row = try rows.next() {
            let ordinal = Ordinal(row[0] as UInt32)
            if isWanted(ordinal) { found.append(ordinal) }
        }
        return found
    }

    func insert(_ row: PointRow) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO point(ordinal, id, fields, born, expires) VALUES(?, ?, ?, ?, ?)")
        try statement.execute(arguments: [
            row.ordinal.rawValue, row.id.databaseValue, Int64(bitPattern: row.fields), Int64(bitPattern: row.born),
            row.expires,
        ])
    }

    /// Gives a point that keeps its key another ordinal.
    func update(_ row: PointRow) throws {
        let statement = try database.cachedStatement(
            sql: "UPDATE point SET ordinal = ?, fields = ?, born = ?, expires = ? WHERE id = ?")
        try statement.execute(arguments: [
            row.ordinal.rawValue, Int64(bitPattern: row.fields), Int64(bitPattern: row.born), row.expires,
            row.id.databaseValue,
        ])
    }

    func deletePoint(_ id: PointID) throws {
        try database.cachedStatement(sql: "DELETE FROM point WHERE id = ?").execute(arguments: [id.databaseValue])
    }

    // MARK: Payloads

    func payload(_ ordinal: Ordinal) throws -> JSONText? {
        let statement = try database.cachedStatement(sql: "SELECT value FROM payload WHERE ordinal = ?")
        return try Data.fetchOne(statement, arguments: [ordinal.rawValue]).map { JSONText(validated: [UInt8]($0)) }
    }

    func setPayload(_ payload: JSONText?, of ordinal: Ordinal) throws {
        guard let payload, payload.bytes != Array("{}".utf8) else { return try deletePayload(ordinal) }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO payload VALUES(?, ?)")
            .execute(arguments: [ordinal.rawValue, Data(payload.bytes)])
    }

    func deletePayload(_ ordinal: Ordinal) throws {
        try database.cachedStatement(sql: "DELETE FROM payload WHERE ordinal = ?").execute(arguments: [ordinal.rawValue]
        )
    }

    func forEachPayload(_ body: (Ordinal, JSONText) throws -> Void) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT ordinal, value FROM payload")
        while let row = try rows.next() {
            try body(Ordinal(row[0] as UInt32), JSONText(validated: [UInt8](row[1] as Data)))
        }
    }

    // MARK: Vectors

    func vector(_ ordinal: Ordinal, field: Int) throws -> [Float]? {
        let statement = try database.cachedStatement(sql: "SELECT value FROM vector_\(field) WHERE ordinal = ?")
        return try Data.fetchOne(statement, arguments: [ordinal.rawValue]).map(floats)
    }

    func insertVector(_ vector: [Float], of ordinal: Ordinal, field: Int) throws {
        let bytes = unsafe vector.withUnsafeBytes { unsafe Data($0) }
        try database.cachedStatement(sql: "INSERT INTO vector_\(field) VALUES(?, ?)")
            .execute(arguments: [ordinal.rawValue, bytes])
    }

    func deleteVector(_ ordinal: Ordinal, field: Int) throws {
        try database.cachedStatement(sql: "DELETE FROM vector_\(field) WHERE ordinal = ?")
            .execute(arguments: [ordinal.rawValue])
    }

    /// Every vector of a field, in the order of ordinals, from `first` on.
    func forEachVector(field: Int, from first: UInt32 = 0, _ body: (Ordinal, [Float]) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT ordinal, value FROM vector_\(field) WHERE ordinal >= ? ORDER BY ordinal",
            arguments: [first])
        while let row = try rows.next() {
            try body(Ordinal(row[0] as UInt32), floats(row[1]))
        }
    }

    func floats(_ data: Data) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: data.count / MemoryLayout<Float>.stride) { buffer, count in
            count = unsafe data.copyBytes(to: buffer) / MemoryLayout<Float>.stride
        }
    }

    // MARK: Sequence

    func setSequence(_ sequence: UInt64) throws {
        try database.cachedStatement(sql: "UPDATE meta SET value = ? WHERE key = 'sequence'")
            .execute(arguments: [Int64(bitPattern: sequence)])
    }
}
