import GRDB
import IlkFilter
import IlkProtocol
import IlkVectors

extension CollectionContent {
    /// The ordinals that may be found: those that pass a filter and have not expired; nil where all may.
    func admitted(_ filter: FilterExpression?) throws(IlkError) -> Bitmap? {
        if let filter { return try matching(filter) }
        guard let expired = expiry.expired() else { return nil }
        return filters.live().subtracting(expired)
    }

    /// The ordinals of all points that may be found.
    func live() -> Bitmap {
        let live = filters.live()
        return expiry.expired().map { live.subtracting($0) } ?? live
    }

    /// How many points may be found.
    var count: Int { directory.count - (expiry.expired()?.count ?? 0) }

    /// Whether a row is of a point that may be found.
    func isFound(_ row: PointRow) -> Bool { row.expires.map { $0 > expiry.now() } ?? true }
}

extension WriteGroup {
    /// The entry of a point that has not expired.
    func liveEntry(of id: PointID) -> PointDirectory.Entry? {
        guard let entry = entry(of: id), !isExpired(entry) else { return nil }
        return entry
    }

    /// Sets until when a version that stays is found.
    mutating func setExpiry(_ expiry: PointExpiry, of id: PointID, _ entry: PointDirectory.Entry) throws {
        guard self.expiry(of: entry) != expiry else { return }
        try records.setExpiry(expiry.seconds, of: id)
        note(expiry, of: entry)
    }

    /// Makes way for a new point where an expired one still has its id.
    mutating func deleteExpired(_ id: PointID) throws {
        guard let entry = entry(of: id), isExpired(entry) else { return }
        _ = try delete([id])
    }
}

extension Records {
    func setExpiry(_ second: Int64?, of id: PointID) throws {
        try database.cachedStatement(sql: "UPDATE point SET expires = ? WHERE id = ?")
            .execute(arguments: [second, id.databaseValue])
    }
}
