import GRDB
import IlkCollection
import IlkProtocol

/// An event that was checked, on its way into the log.
struct CheckedEvent: Sendable {
    var key: String?
    var user: PointID
    var item: PointID
    /// The numbers of those two, where they have any yet.
    var numbers: (user: UInt32?, item: UInt32?) = (nil, nil)
    var type: UInt8
    var value: Double?
    var at: Moment
    var context: String?
}

/// Events that are kept together, and what the answer showed that they are of.
struct EventBatch: Sendable {
    var events: [CheckedEvent]
    var shown: ShownAnswer?
}

/// What a group of batches adds to the log; the tables in memory follow once it is committed.
struct EventGroup {
    var events: [LoggedEvent] = []
    var newUsers: [(UInt32, PointID)] = []
    var newItems: [(UInt32, PointID)] = []
    var receipts: [AppendReceipt] = []
}

/// Names of a group that are not in the tables in memory yet.
private struct NewNames {
    var end: UInt32
    var numbers: [PointID: UInt32] = [:]
    var added: [(UInt32, PointID)] = []

    mutating func number(of name: PointID) -> UInt32 {
        if let number = numbers[name] { return number }
        let number = end
        end += 1
        numbers[name] = number
        added.append((number, name))
        return number
    }
}

extension EventLog {
    /// Appends batches of events in one transaction; when this returns, they are on the disk.
    ///
    /// An event whose key is in the log already is passed over, whatever else it says. New names get numbers from these
    /// ends on.
    func append(
        _ batches: [EventBatch], userEnd: UInt32, itemEnd: UInt32
    ) throws(IlkError) -> EventGroup {
        try file.write("append the events") { database in
            var group = EventGroup()
            var userNames = NewNames(end: userEnd)
            var itemNames = NewNames(end: itemEnd)
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO event(key, user, item, type, value, at, context) VALUES(?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT(key) DO NOTHING
                    """)
            for batch in batches {
                var receipt = AppendReceipt()
                var last: (user: UInt32, items: [UInt32]) = (0, [])
                for event in batch.events {
                    let user = event.numbers.user ?? userNames.number(of: event.user)
                    let item = event.numbers.item ?? itemNames.number(of: event.item)
                    if batch.shown != nil { last = (user, last.items + [item]) }
                    try insert.execute(arguments: [
                        event.key, user, item, event.type, event.value, event.at.seconds, event.context,
                    ])
                    guard database.changesCount > 0 else {
                        receipt.duplicates += 1
                        continue
                    }
                    receipt.appended += 1
                    group.events.append(
                        LoggedEvent(
                            user: UserNumber(user), item: ItemNumber(item), at: event.at,
                            value: event.value.map { Float($0) } ?? .nan, type: event.type))
                }
                if let shown = batch.shown {
                    try Self.keep(shown, user: last.user, items: last.items, database)
                }
                receipt.sequence = try Self.lastSequence(database)
                group.receipts.append(receipt)
            }
            // An event that was passed over may have been the only one with its names.
            let users = Set(group.events.map(\.user.rawValue)), items = Set(group.events.map(\.item.rawValue))
            group.newUsers = userNames.added.filter { users.contains($0.0) }
            group.newItems = itemNames.added.filter { items.contains($0.0) }
            for (table, names) in [("user", group.newUsers), ("item", group.newItems)] {
                let insert = try database.cachedStatement(sql: "INSERT INTO \(table) VALUES(?, ?)")
                for (number, name) in names { try insert.execute(arguments: [number, name.databaseValue]) }
            }
            return group
        }
    }

    /// The number of the last event in the log.
    private static func lastSequence(_ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT max(sequence) FROM event")
        return try Int64.fetchOne(statement) ?? 0
    }

    /// Deletes a user's events, what the user was shown, places in audiences, and the name.
    ///
    /// - Parameters:
    ///   - name: of the user.
    ///   - user: the number, where there is one.
    /// - Returns: how many events there were, and in how many audiences the user was.
    /// - Throws: what SQLite says.
    func forget(_ name: PointID, _ user: UInt32?) throws(IlkError) -> (events: Int, audiences: Int) {
        try file.write("forget a user") { database in
            try database.execute(
                sql: "DELETE FROM audience_member WHERE user = ?", arguments: [name.databaseValue])
            let audiences = database.changesCount
            guard let user else { return (0, audiences) }
            try database.execute(sql: "DELETE FROM answer WHERE user = ?", arguments: [user])
            try database.execute(sql: "DELETE FROM event WHERE user = ?", arguments: [user])
            let count = database.changesCount
            try database.execute(sql: "DELETE FROM user WHERE number = ?", arguments: [user])
            return (count, audiences)
        }
    }

    /// Deletes events from before a moment, and the names of people who have none any more; how many events there were.
    ///
    /// Items keep their numbers, which models know them by.
    func deleteEvents(before moment: Moment) throws(IlkError) -> Int {
        try file.write("delete old events") { database in
            try database.execute(sql: "DELETE FROM answer WHERE at < ?", arguments: [moment.seconds])
            try database.execute(sql: "DELETE FROM event WHERE at < ?", arguments: [moment.seconds])
            let count = database.changesCount
            if count > 0 {
                try database.execute(sql: "DELETE FROM user WHERE number NOT IN (SELECT user FROM event)")
            }
            return count
        }
    }
}
