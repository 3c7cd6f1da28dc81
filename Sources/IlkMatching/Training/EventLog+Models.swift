import Foundation
import GRDB
import IlkCollection
import IlkProtocol

/// A model that was trained, as the log keeps it.
package struct KeptModel: Sendable, Equatable {
    package var kind: ModelKind
    /// 1 for the first of its kind, and so on.
    package var generation: Int64
    /// When it was trained, in seconds since 1970.
    package var made: Int64
    /// Whether it answers.
    package var isActive: Bool
    /// Items that it knows.
    package var items: Int
    package var bytes: Int
}

extension EventLog {
    /// Generations of a kind that are kept.
    private static let keptGenerations = 2

    static let modelTables = """
        CREATE TABLE IF NOT EXISTS model(
            kind TEXT NOT NULL, generation INTEGER NOT NULL, made INTEGER NOT NULL, active INTEGER NOT NULL,
            items INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY(kind, generation));
        CREATE TABLE IF NOT EXISTS model_report(
            kind TEXT NOT NULL, generation INTEGER NOT NULL, report TEXT NOT NULL, PRIMARY KEY(kind, generation));
        """

    /// Keeps a model, beside the one before it and the one that answers.
    ///
    /// - Parameters:
    ///   - model: what was trained.
    ///   - kind: of it.
    ///   - made: when, in seconds since 1970.
    ///   - isActive: whether it answers from now on.
    ///   - report: what was measured of it.
    /// - Returns: its generation.
    /// - Throws: what SQLite says.
    func keep(
        _ model: TrainedModel, as kind: ModelKind, made: Int64, isActive: Bool = true, report: JSONObject? = nil
    ) throws(IlkError) -> Int64 {
        let bytes = Data(ModelBytes.bytes(of: model))
        return try file.write("keep the model \(kind.rawValue)") { database in
            let last = try Int64.fetchOne(
                database, sql: "SELECT max(generation) FROM model WHERE kind = ?", arguments: [kind.rawValue])
            let generation = (last ?? 0) + 1
            if isActive {
                try database.execute(sql: "UPDATE model SET active = 0 WHERE kind = ?", arguments: [kind.rawValue])
            }
            try database.execute(
                sql: "INSERT INTO model VALUES(?, ?, ?, ?, ?, ?)",
                arguments: [kind.rawValue, generation, made, isActive, model.items, bytes])
            try database.execute(
                sql: """
                    DELETE FROM model WHERE kind = ?1 AND active = 0 AND generation NOT IN
                        (SELECT generation FROM model WHERE kind = ?1 ORDER BY generation DESC LIMIT ?2)
                    """, arguments: [kind.rawValue, Self.keptGenerations])
            if let report {
                try database.execute(
                    sql: "INSERT INTO model_report VALUES(?, ?, ?)",
                    arguments: [kind.rawValue, generation, JSONValue.object(report).text])
            }
            try database.execute(
                sql: """
                    DELETE FROM model_report WHERE (kind, generation) NOT IN (SELECT kind, generation FROM model)
                    """)
            return generation
        }
    }

    /// The models there are, by kind and generation.
    func models() throws(IlkError) -> [KeptModel] {
        try file.read("read the models") { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT kind, generation, made, active, items, length(value) FROM model ORDER BY kind, generation
                    """
            ).compactMap { row in
                ModelKind(rawValue: row[0]).map {
                    KeptModel(
                        kind: $0, generation: row[1], made: row[2], isActive: row[3], items: row[4], bytes: row[5])
                }
            }
        }
    }

    /// The bytes of a kept model; nil where there is none.
    func model(_ kind: ModelKind, _ generation: Int64) throws(IlkError) -> [UInt8]? {
        try file.read("read the model \(kind.rawValue)") { database in
            try Data.fetchOne(
                database, sql: "SELECT value FROM model WHERE kind = ? AND generation = ?",
                arguments: [kind.rawValue, generation]
            ).map { Array($0) }
        }
    }

    /// What was measured of kept models of a kind, by generation.
    func reports(_ kind: ModelKind) throws(IlkError) -> [Int64: JSONValue] {
        try file.read("read the reports of the model \(kind.rawValue)") { database in
            var reports: [Int64: JSONValue] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT generation, report FROM model_report WHERE kind = ?",
                arguments: [kind.rawValue])
            while let row = try rows.next() { reports[row[0]] = try JSONValue.parse(row[1] as String) }
            return reports
        }
    }

    /// Makes a kept model the one of its kind that answers; 0 for none.
    func activate(_ kind: ModelKind, _ generation: Int64) throws(IlkError) {
        try file.write("put the model \(kind.rawValue) in place") { database in
            try database.execute(
                sql: "UPDATE model SET active = (generation = ?) WHERE kind = ?",
                arguments: [generation, kind.rawValue])
        }
    }
}
