import IlkANN
import IlkFilter
package import IlkProtocol
import IlkVectors

extension VectorCollection {
    /// Where the records and what is derived from them disagree, one line a finding; nothing is written meanwhile.
    package func problems() throws(IlkError) -> [String] {
        let writer = try writer()
        return try writer.between { () throws(IlkError) in try writer.content.problems() }
    }
}

extension CollectionContent {
    /// Compares the tables and indexes in memory with the rows, and each of them with itself.
    func problems() throws(IlkError) -> [String] {
        var problems: [String] = []
        var ordinals: [UInt32] = []
        var having = schema.vectors.map { _ in Set<Ordinal>() }
        try store.read("compare the records") { database in
            try Records(database: database).forEachPoint { row in
                ordinals.append(row.ordinal.rawValue)
                for field in having.indices where row.fields & 1 << UInt64(field) != 0 {
                    having[field].insert(row.ordinal)
                }
                if directory.entry(of: row.id) != PointDirectory.Entry(ordinal: row.ordinal, fields: row.fields) {
                    problems.append("point \(row.id) is elsewhere in the directory than in its row")
                }
                if expiry.second(of: row.ordinal) != row.expires {
                    problems.append("point \(row.id) expires at another time than its row says")
                }
            }
        }
        if directory.count != ordinals.count {
            problems.append("the directory has \(directory.count) points, the records have \(ordinals.count)")
        }
        problems += try filters.withIndex { index, live in
            let differing = live == Bitmap(ordinals.sorted()) ? [] : ["the live ordinals are not those of the records"]
            return differing + index.problems(capacity: Int(directory.endOrdinal))
        }
        for (place, (field, index)) in zip(schema.vectors, indexes).enumerated() {
            let live = Set(index.liveOrdinals())
            let expected = having[place]
            if live != expected {
                problems.append(
                    "field '\(field.name)' lacks \(expected.subtracting(live).count) vectors and has \(live.subtracting(expected).count) that no point has"
                )
            }
            problems += index.problems().map { "field '\(field.name)': \($0)" }
        }
        return problems
    }
}
