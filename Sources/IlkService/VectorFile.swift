import Foundation
import GRDB
import IlkCollection
import IlkEmbedding
import IlkVectors

/// The SQLite file of an ``EmbeddingCache``.
final class VectorFile: Sendable {
    /// Another one, older or newer, is deleted.
    private static let format = 1
    private static let pageSize = 8_192

    private let pool: ConnectionPool
    private let byteLimit: Int

    /// Opens the file; where it is damaged or of another format, deletes it and begins anew; nil where that fails too.
    static func openOrRenew(_ path: String, byteLimit: Int) -> VectorFile? {
        if let file = try? VectorFile(path, byteLimit: byteLimit) { return file }
        delete(path)
        return try? VectorFile(path, byteLimit: byteLimit)
    }

    static func delete(_ path: String) {
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }

    private init(_ path: String, byteLimit: Int) throws {
        self.byteLimit = byteLimit
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 16
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA page_size = \(Self.pageSize)")
        }
        pool = try ConnectionPool(path: path, configuration: configuration)
        try pool.write { database in
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard found == 0 || found == Self.format else { throw DatabaseError(resultCode: .SQLITE_NOTADB) }
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS vector(
                        key INTEGER PRIMARY KEY, rest INTEGER NOT NULL, used INTEGER NOT NULL, tokens INTEGER NOT NULL,
                        truncated INTEGER NOT NULL, value BLOB NOT NULL);
                    CREATE INDEX IF NOT EXISTS vector_used ON vector(used);
                    PRAGMA user_version = \(Self.format);
                    """)
        }
    }

    func close() { try? pool.close() }

    func vectors(_ keys: [VectorKey]) throws -> [CachedVector?] {
        try pool.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT rest, tokens, truncated, value FROM vector WHERE key = ?")
            return try keys.map { key in
                guard let row = try Row.fetchOne(statement, arguments: [Int64(bitPattern: key.high)]),
                    row[0] as Int64 == Int64(bitPattern: key.low), let data = row[3] as Data?
                else { return nil }
                return Self.value(data, tokens: row[1], truncated: row[2], key)
            }
        }
    }

    /// Writes new rows and when others were used, and makes room.
    func write(_ rows: [(key: VectorKey, value: CachedVector)], used: Set<Int64>) throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        try pool.write { database in
            let insert = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO vector(key, rest, used, tokens, truncated, value) VALUES(?, ?, ?, ?, ?, ?)"
            )
            for (key, value) in rows {
                try insert.execute(arguments: [
                    Int64(bitPattern: key.high), Int64(bitPattern: key.low), now, value.tokens, value.truncated,
                    Self.data(value, key),
                ])
            }
            let touch = try database.cachedStatement(sql: "UPDATE vector SET used = ? WHERE key = ? AND used < ?")
            // To the hour: a row that is asked for every second is not written every second.
            for key in used { try touch.execute(arguments: [now, key, now - 3_600_000]) }
            try makeRoom(database)
        }
    }

    /// Rows and bytes in use.
    func size() throws -> (rows: Int, bytes: Int) {
        try pool.read { database in
            (try Int.fetchOne(database, sql: "SELECT count(*) FROM vector") ?? 0, try Self.bytes(database))
        }
    }

    private static func bytes(_ database: Database) throws -> Int {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        return (pages - free) * pageSize
    }

    /// Deletes what was used longest ago until there is room for a tenth more.
    ///
    /// Rows lie in the order of their keys, so those that go leave holes all over the file; pages come free only when
    /// neighbors can be joined. Hence several rounds.
    private func makeRoom(_ database: Database) throws {
        guard try Self.bytes(database) > byteLimit else { return }
        while true {
            let bytes = try Self.bytes(database)
            let rows = try Int.fetchOne(database, sql: "SELECT count(*) FROM vector") ?? 0
            let excess = Double(bytes) - Double(byteLimit) * 0.9
            guard excess > 0, rows > 0 else { return }
            let share = max(excess / Double(bytes), 0.02)
            try database.execute(
                sql: "DELETE FROM vector WHERE key IN (SELECT key FROM vector ORDER BY used, key LIMIT ?)",
                arguments: [Int(Double(rows) * share) + 1])
        }
    }

    private static func data(_ value: CachedVector, _ key: VectorKey) -> Data {
        var data = Data(capacity: value.vector.count * 4 + 8)
        for component in value.vector { append(component.bitPattern, to: &data) }
        append(checksum(data, value.tokens, value.truncated, key), to: &data)
        return data
    }

    private static func append(_ value: some FixedWidthInteger, to data: inout Data) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe data.append(contentsOf: $0) }
    }

    /// Nil where the row's checksum does not fit.
    private static func value(_ data: Data, tokens: Int, truncated: Bool, _ key: VectorKey) -> CachedVector? {
        guard data.count >= 8, data.count % 4 == 0 else { return nil }
        let stored = unsafe data.withUnsafeBytes {
            UInt64(littleEndian: unsafe $0.loadUnaligned(fromByteOffset: data.count - 8, as: UInt64.self))
        }
        let body = data.prefix(data.count - 8)
        guard checksum(body, tokens, truncated, key) == stored else { return nil }
        let vector = unsafe body.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(
                    bitPattern: UInt32(
                        littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        return CachedVector(vector: vector, tokens: tokens, truncated: truncated)
    }

    private static func checksum(_ vector: Data, _ tokens: Int, _ truncated: Bool, _ key: VectorKey) -> UInt64 {
        var checksum = RunningChecksum()
        let head = [key.high, key.low, UInt64(bitPattern: Int64(tokens)), truncated ? 1 : 0].map(\.littleEndian)
        unsafe head.withUnsafeBytes { unsafe checksum.update($0) }
        unsafe vector.withUnsafeBytes { unsafe checksum.update($0) }
        return checksum.value
    }
}
