import GRDB
import IlkFilter
import IlkProtocol
import IlkVectors

/// Several writes in one SQLite transaction: rows now, the steps for the indexes afterwards.
///
/// Later operations of the group see the earlier ones through `overlay`, because the directory in memory changes
/// only after the commit.
struct WriteGroup {
    let records: Records
    let filters: FilterTable
    let reader: TextReader
    /// For each vector field the fingerprint of its model; nil where it has none.
    let fingerprints: [String?]
    private let directory: PointDirectory
    private let expiryTable: ExpiryTable
    /// What had expired when the group began.
    private let expired: Bitmap?
    private let fieldCount: Int

    /// Entries that this group changed; nil where it removed the point.
    private var overlay: [PointID: PointDirectory.Entry?] = [:]
    /// Expiries that this group set.
    private var newExpiries: [Ordinal: PointExpiry] = [:]
    private(set) var changes: [IndexChange] = []
    private(set) var sequence: UInt64
    private(set) var ordinals: OrdinalSupply
    /// Versions that wait for a model because of the operation that is being applied.
    private var waiting: [Ordinal] = []

    init(records: Records, content: CollectionContent, sequence: UInt64, ordinals: OrdinalSupply) {
        self.records = records
        self.directory = content.directory
        self.expiryTable = content.expiry
        self.expired = content.expiry.expired()
        self.filters = content.filters
        self.reader = content.reader
        self.fieldCount = content.schema.vectors.count
        self.fingerprints = content.schema.vectors.map { content.schema.fingerprints[$0.name] }
        self.sequence = sequence
        self.ordinals = ordinals
    }

    /// What became of an operation, and the versions that it left waiting for a model.
    struct Outcome {
        var receipt: WriteReceipt
        var waiting: [Ordinal]
    }

    /// Applies an operation to the rows, wholly or not at all; its selection means the ids in `selected`.
    ///
    /// - Throws: `IlkError` where this operation is refused and left no row changed; anything else is SQLite's and
    ///   ends the whole group.
    mutating func apply(_ operation: WriteOperation, selected: [PointID]) throws -> Outcome {
        var receipt = WriteReceipt(count: 0, sequence: sequence)
        waiting = []
        switch operation {
        case .upsert(let points): try upsert(points, &receipt)
        case .patch(_, let patch, let expiry): try merge(patch, expiry, into: selected, &receipt)
        case .delete: receipt.count = try delete(selected.filter { liveEntry(of: $0) != nil })
        case .expire: receipt.count = try delete(selected)
        case .fill(let fills): receipt.count = try fill(fills)
        case .documents(let changes): try apply(changes, &receipt)
        }
        receipt.sequence = sequence
        return Outcome(receipt: receipt, waiting: waiting)
    }

    /// Writes the sequence that the group reached: its last statement.
    func finish() throws { try records.setSequence(sequence) }

    func entry(of id: PointID) -> PointDirectory.Entry? {
        if let known = overlay[id] { return known }
        return directory.entry(of: id)
    }

    func isExpired(_ entry: PointDirectory.Entry) -> Bool {
        expired?.contains(entry.ordinal.rawValue) ?? false && newExpiries[entry.ordinal] == nil
    }

    /// Until when a version is found, as this group sees it.
    func expiry(of entry: PointDirectory.Entry) -> PointExpiry {
        newExpiries[entry.ordinal] ?? expiryTable.second(of: entry.ordinal).map { .at($0) } ?? .never
    }

    /// Notes until when a version is found.
    mutating func note(_ expiry: PointExpiry, of entry: PointDirectory.Entry) {
        newExpiries[entry.ordinal] = expiry
        changes.append(.expiry(entry.ordinal, expiry))
    }

    // MARK: Versions of points

    /// Refuses what there are no ordinals for.
    func reserve(_ count: Int) throws(IlkError) {
        guard ordinals.left < count else { return }
        throw IlkError(
            .tooLarge,
            "the collection has room for \(ordinals.left) more versions of points; put new points in another one")
    }

    /// Makes a new version of a point, in the place of `old` if there is one.
    ///
    /// - Parameters:
    ///   - point: the version, with every vector that is known.
    ///   - old: the version before.
    ///   - pending: bits of the fields whose texts wait for their models.
    /// - Throws: what SQLite throws, which ends the group.
    mutating func put(_ point: PreparedPoint, replacing old: PointDirectory.Entry?, pending: UInt64) throws {
        if let old { try deleteRows(of: old) }
        let entry = PointDirectory.Entry(ordinal: ordinals.next(), fields: point.fields)
        let row = PointRow(
            key: 0, ordinal: entry.ordinal, id: point.id, fields: point.fields, born: sequence,
            expires: point.expiry.seconds)
        if old == nil { try records.insert(row) } else { try records.update(row) }
        for (field, vector) in point.vectors.enumerated() {
            guard let vector else { continue }
            try records.insertVector(vector, of: entry.ordinal, field: field)
        }
        try records.setPayload(point.payload, of: entry.ordinal)
        overlay[point.id] = .some(entry)
        // Before the point can be found.
        if point.expiry != .never { note(point.expiry, of: entry) }
        changes.append(
            .insert(point.id, entry, vectors: point.vectors, payload: point.payload, words: point.texts.words))
        if let old { changes.append(.vacate(old)) }
        if pending != 0 {
            let row = PendingRow(ordinal: entry.ordinal, fields: pending, born: sequence)
            try records.setPending(row)
            changes.append(.pending(row))
            waiting.append(entry.ordinal)
        }
    }

    /// Gives a version another payload that says the same to models and to searches by words.
    mutating func setPayload(_ payload: JSONText?, of ordinal: Ordinal) throws {
        try records.setPayload(payload, of: ordinal)
        changes.append(.payload(ordinal, payload))
    }

    /// Notes that a version, still waiting from before, is what this operation left.
    mutating func keepWaiting(_ ordinal: Ordinal) { waiting.append(ordinal) }

    /// Adds a vector to a version that lacked it.
    mutating func add(_ vector: [Float], field: Int, to id: PointID, _ entry: PointDirectory.Entry) throws {
        try records.insertVector(vector, of: entry.ordinal, field: field)
        try records.setFields(entry.fields, of: id)
        overlay[id] = .some(entry)
        changes.append(.fill(id, entry, field: field, vector: vector))
    }

    /// Takes fields of a version from the list of what waits.
    mutating func setPending(_ row: PendingRow) throws {
        try records.setPending(row)
        changes.append(.pending(row))
    }

    /// The id of a live version, as this group sees it.
    func id(of ordinal: Ordinal) -> PointID? {
        guard let id = directory.ids(of: CollectionOfOne(ordinal)).first.flatMap({ $0 }),
            entry(of: id)?.ordinal == ordinal
        else { return nil }
        return id
    }

    mutating func delete(_ ids: [PointID]) throws -> Int {
        var count = 0
        for id in ids {
            guard let entry = entry(of: id) else { continue }
            advance()
            count += 1
            try deleteRows(of: entry)
            try records.deletePoint(id)
            overlay[id] = .some(nil)
            changes.append(.remove(id, entry))
        }
        return count
    }

    /// Begins the next change.
    mutating func advance() { sequence += 1 }

    private mutating func deleteRows(of entry: PointDirectory.Entry) throws {
        for field in 0..<fieldCount where entry.fields & 1 << UInt64(field) != 0 {
            try records.deleteVector(entry.ordinal, field: field)
        }
        try records.deletePayload(entry.ordinal)
        if let row = try records.pending(entry.ordinal) {
            try setPending(PendingRow(ordinal: row.ordinal, fields: 0, born: row.born))
        }
    }
}
