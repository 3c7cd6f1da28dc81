import Foundation
import GRDB
import IlkCollection
import IlkProtocol

// What answers showed, for a ranker to learn from:
//
//     layout(number, names)                                          the names of an answer's features, a JSON array
//     answer(number, user, at, layout, shown, context, experiment)   see ShownBytes; both last: JSON, or null
//
// An answer is written with the impressions that it is made of, in one transaction.
extension EventLog {
    /// Answers that are kept, the newest: some 100 MB where an answer has 20 items.
    static let answerLimit: Int64 = 50_000

    static let shownTables = """
        CREATE TABLE IF NOT EXISTS layout(number INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS answer(
            number INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL, at INTEGER NOT NULL,
            layout INTEGER NOT NULL, shown BLOB NOT NULL, context TEXT, experiment TEXT);
        CREATE INDEX IF NOT EXISTS answer_user ON answer(user);
        """

    /// Keeps what an answer showed, whose names have these numbers; the oldest answer goes where there are too many.
    static func keep(
        _ shown: ShownAnswer, user: UInt32, items: [UInt32], _ database: Database
    ) throws {
        let names = JSONValue.array(shown.names.map { .string($0) }).text
        let find = try database.cachedStatement(sql: "SELECT number FROM layout WHERE names = ?")
        var layout = try Int64.fetchOne(find, arguments: [names])
        if layout == nil {
            try database.execute(sql: "INSERT INTO layout(names) VALUES(?)", arguments: [names])
            layout = database.lastInsertedRowID
        }
        let insert = try database.cachedStatement(
            sql: "INSERT INTO answer(user, at, layout, shown, context, experiment) VALUES(?, ?, ?, ?, ?, ?)")
        try insert.execute(arguments: [
            user, shown.at.seconds, layout, Data(ShownBytes.bytes(of: shown.items, numbers: items)),
            shown.context.map { String(decoding: $0.bytes, as: UTF8.self) },
            shown.experiment.map { JSONValue.object($0.json).text },
        ])
        let number = database.lastInsertedRowID
        guard number > answerLimit else { return }
        let trim = try database.cachedStatement(sql: "DELETE FROM answer WHERE number <= ?")
        try trim.execute(arguments: [number - answerLimit])
    }

    /// How many answers are kept.
    func answerCount() throws(IlkError) -> Int {
        try file.read("count the answers") { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM answer") ?? 0
        }
    }

    /// Answers after a number, in their order; one that cannot be read is left out.
    func answers(after number: Int64, limit: Int) throws(IlkError) -> [LoggedAnswer] {
        try answers("number > ? ORDER BY number", number, limit)
    }

    /// Answers before a number, the newest first.
    func answers(before number: Int64, limit: Int) throws(IlkError) -> [LoggedAnswer] {
        try answers("number < ? ORDER BY number DESC", number, limit)
    }

    private static func json(_ text: String?) -> JSONText? { text.map { JSONText(validated: Array($0.utf8)) } }

    private func answers(_ condition: String, _ number: Int64, _ limit: Int) throws(IlkError) -> [LoggedAnswer] {
        try file.read("read the answers") { database in
            var layouts: [Int64: [String]] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT number, names FROM layout") {
                guard case .array(let names) = try JSONValue.parse(row[1] as String) else { continue }
                layouts[row[0]] = names.compactMap { if case .string(let name) = $0 { name } else { nil } }
            }
            let rows = try Row.fetchCursor(
                database,
                sql:
                    "SELECT number, user, at, layout, shown, context, experiment FROM answer WHERE \(condition) LIMIT ?",
                arguments: [number, limit])
            var answers: [LoggedAnswer] = []
            while let row = try rows.next() {
                guard let names = layouts[row[3]],
                    let items = ShownBytes.items(of: Array(row[4] as Data), features: names.count)
                else { continue }
                answers.append(
                    LoggedAnswer(
                        number: row[0], user: UserNumber(row[1]), at: Moment(row[2] as UInt32), names: names,
                        items: items, context: Self.json(row[5]), experiment: Self.json(row[6])))
            }
            return answers
        }
    }
}
