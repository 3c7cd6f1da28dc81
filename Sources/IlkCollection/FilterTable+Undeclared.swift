import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// Indexes of payload fields that the schema does not declare, kept because filters ask for them.
///
/// Each is made from every payload once, and follows the writes from then on, so that the second filter costs what one over
/// a declared field does. Those that were not asked for longest go first.
struct UndeclaredFields: Sendable {
    /// Fields that are kept at most.
    static let most = 8
    /// Bytes that they may take together.
    static let mostBytes = 128 << 20

    private struct Entry {
        var index: FieldIndex
        /// As it was when the field was taken in; it grows with the collection.
        var bytes: Int
        var lastUse: UInt64
    }
    private var entries: [String: Entry] = [:]
    private var uses: UInt64 = 0

    var isEmpty: Bool { entries.isEmpty }

    func contains(_ path: String) -> Bool { entries[path] != nil }

    /// The index of a path; nil where it is not kept.
    mutating func index(of path: String) -> FieldIndex? {
        guard let place = entries.index(forKey: path) else { return nil }
        uses += 1
        entries.values[place].lastUse = uses
        return entries.values[place].index
    }

    mutating func insert(_ index: FieldIndex) {
        let bytes = index.memoryBytes
        guard bytes <= Self.mostBytes else { return }
        uses += 1
        entries[index.path] = nil
        while entries.count >= Self.most || entries.values.reduce(bytes, { $0 + $1.bytes }) > Self.mostBytes,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            entries[oldest.key] = nil
        }
        entries[index.path] = Entry(index: index, bytes: bytes, lastUse: uses)
    }

    /// Makes this the payload of an ordinal.
    mutating func set(_ payload: JSONValue?, at ordinal: Ordinal) {
        for place in entries.values.indices {
            if let payload {
                entries.values[place].index.add(payload, at: ordinal)
            } else {
                entries.values[place].index.remove(at: ordinal)
            }
        }
    }

    var memoryBytes: Int { entries.values.reduce(0) { $0 + $1.index.memoryBytes } }
}

extension FilterTable {
    /// The paths of these that are neither declared nor kept.
    func missing(_ paths: [String]) -> [String] {
        state.withLock { state in paths.filter { !isDeclared($0) && !state.undeclared.contains($0) } }
    }

    /// Keeps the index of a field that the schema does not declare, if it is of this moment.
    ///
    /// `isCurrent` says whether nothing was committed since the payloads were read for it. No change can come between its
    /// answer and the keeping: what is committed later waits for this table's lock.
    func keep(_ index: FieldIndex, isCurrent: () -> Bool) {
        state.withLock { state in if isCurrent() { state.undeclared.insert(index) } }
    }

    /// Counts values of a field that is declared or kept; nil where it is neither.
    func facetsIfHeld(
        field: String, within ordinals: Bitmap?, limit: Int
    ) throws(IlkError) -> [(value: JSONValue, count: Int)]? {
        if isDeclared(field) { return try facets(field: field, within: ordinals, limit: limit) }
        return state.withLock { state in
            state.undeclared.index(of: field).map { $0.facets(within: ordinals ?? state.live, limit: limit) }
        }
    }

    /// Heap bytes of the fields that are kept without being declared.
    var undeclaredBytes: Int { state.withLock { $0.undeclared.memoryBytes } }
}

extension CollectionContent {
    /// The exact set of ordinals that pass a filter and have not expired.
    ///
    /// Fields that the schema does not declare are read from every payload, and kept for the next filter.
    func matching(_ expression: FilterExpression) throws(IlkError) -> Bitmap {
        let undeclared = undeclaredPaths(expression)
        for path in undeclared { issues.noteUndeclared(path) }
        var read: [String: FieldIndex] = [:]
        while true {
            for path in filters.missing(undeclared) where read[path] == nil { read[path] = try readPayloads(for: path) }
            // A field may be let go while another is read: then it is read, too.
            guard let passing = try filters.matching(expression, undeclared: read) else { continue }
            return expiry.expired().map { passing.subtracting($0) } ?? passing
        }
    }

    /// The most frequent values of a field among `ordinals`, or among all.
    func facets(
        field: String, within ordinals: Bitmap?, limit: Int
    ) throws(IlkError) -> [(value: JSONValue, count: Int)] {
        if let found = try filters.facetsIfHeld(field: field, within: ordinals, limit: limit) { return found }
        issues.noteUndeclared(field)
        return try readPayloads(for: field).facets(within: ordinals ?? live(), limit: limit)
    }

    /// Paths of a filter that the schema does not declare, in order.
    func undeclaredPaths(_ filter: FilterExpression) -> [String] {
        filter.paths.filter { !filters.isDeclared($0) }.sorted()
    }

    /// Reads a path that the schema does not declare out of every payload, and keeps what was read if nothing was written
    /// meanwhile.
    private func readPayloads(for path: String) throws(IlkError) -> FieldIndex {
        let moment = epoch.now(.rows)
        let index = try store.read("read field '\(path)'") { database in
            var index = FieldIndex(path: path)
            try Records(database: database).forEachPayload { ordinal, payload in
                index.add(try payload.parsed(), at: ordinal)
            }
            return index
        }
        filters.keep(index) { epoch.isStill(moment, .rows) }
        return index
    }
}
