import GRDB
import IlkProtocol
import IlkVectors

/// Several writes in one SQLite transaction: rows now, the steps for the indexes afterwards.
///
/// Later operations of the group see the earlier ones through `overlay`, because the directory in memory changes
/// only after the commit.
struct WriteGroup {
    private let records: Records
    private let directory: PointDirectory
    private let filters: FilterTable
    private let fieldCount: Int

    /// Entries that this group changed; nil where it removed the point.
    private var overlay: [PointID: PointDirectory.Entry?] = [:]
    private(set) var changes: [IndexChange] = []
    private(set) var sequence: UInt64
    private(set) var ordinals: OrdinalSupply

    init(records: Records, content: CollectionContent, sequence: UInt64, ordinals: OrdinalSupply) {
        self.records = records
        self.directory = content.directory
        self.filters = content.filters
        self.fieldCount = content.schema.vectors.count
        self.sequence = sequence
        self.ordinals = ordinals
    }

    /// Applies an operation to the rows, wholly or not at all; its selection means the ids in `selected`.
    ///
    /// - Throws: `IlkError` where this operation is refused and left no row changed; anything else is SQLite's and
    ///   ends the whole group.
    /// - Returns: how many points it changed, and the sequence that it reached.
    mutating func apply(_ operation: WriteOperation, selected: [PointID]) throws -> WriteReceipt {
        let count =
            switch operation {
            case .upsert(let points): try upsert(points)
            case .patch(_, let patch): try merge(patch, into: selected)
            case .delete: try delete(selected)
            }
        return WriteReceipt(count: count, sequence: sequence)
    }

    /// Writes the sequence that the group reached: its last statement.
    func finish() throws { try records.setSequence(sequence) }

    private func entry(of id: PointID) -> PointDirectory.Entry? {
        if let known = overlay[id] { return known }
        return directory.entry(of: id)
    }

    private mutating func upsert(_ points: [PreparedPoint]) throws -> Int {
        guard ordinals.left >= points.count else {
            throw IlkError(
                .tooLarge,
                "the collection has room for \(ordinals.left) more versions of points; put new points in another one")
        }
        for point in points {
            sequence += 1
            guard let old = entry(of: point.id) else {
                let new = try insertRows(of: point)
                try records.insert(row(of: point, at: new.ordinal))
                continue
            }
            if try old.fields == point.fields && hasVectors(of: point, at: old.ordinal) {
                try records.setPayload(point.payload, of: old.ordinal)
                changes.append(.payload(old.ordinal, point.payload))
            } else {
                try deleteRows(of: old)
                let new = try insertRows(of: point)
                try records.update(row(of: point, at: new.ordinal))
                changes.append(.vacate(old))
            }
        }
        return points.count
    }

    private func row(of point: PreparedPoint, at ordinal: Ordinal) -> PointRow {
        PointRow(key: 0, ordinal: ordinal, id: point.id, fields: point.fields, born: sequence)
    }

    private func hasVectors(of point: PreparedPoint, at ordinal: Ordinal) throws -> Bool {
        for (field, vector) in point.vectors.enumerated() {
            guard let vector else { continue }
            guard try records.vector(ordinal, field: field) == vector else { return false }
        }
        return true
    }

    private mutating func insertRows(of point: PreparedPoint) throws -> PointDirectory.Entry {
        let entry = PointDirectory.Entry(ordinal: ordinals.next(), fields: point.fields)
        for (field, vector) in point.vectors.enumerated() {
            guard let vector else { continue }
            try records.insertVector(vector, of: entry.ordinal, field: field)
        }
        try records.setPayload(point.payload, of: entry.ordinal)
        overlay[point.id] = .some(entry)
        changes.append(.insert(point.id, entry, vectors: point.vectors, payload: point.payload))
        return entry
    }

    private func deleteRows(of entry: PointDirectory.Entry) throws {
        for field in 0..<fieldCount where entry.fields & 1 << UInt64(field) != 0 {
            try records.deleteVector(entry.ordinal, field: field)
        }
        try records.deletePayload(entry.ordinal)
    }

    private mutating func merge(_ patch: JSONObject, into ids: [PointID]) throws -> Int {
        var merged: [(ordinal: Ordinal, payload: JSONText)] = []
        var seen: Set<PointID> = []
        for id in ids where seen.insert(id).inserted {
            guard let entry = entry(of: id) else { continue }
            let old = try records.payload(entry.ordinal)?.parsed() ?? .object(JSONObject())
            let new = old.merged(with: patch)
            try filters.validate(new)
            let text = JSONText(new)
            guard text.bytes.count <= UpsertPoint.maximumPayload else {
                throw IlkError(
                    .tooLarge,
                    "the payload of point \(id) would have \(text.bytes.count) bytes; \(UpsertPoint.maximumPayload) at most"
                )
            }
            merged.append((entry.ordinal, text))
        }
        for (ordinal, payload) in merged {
            sequence += 1
            try records.setPayload(payload, of: ordinal)
            changes.append(.payload(ordinal, payload))
        }
        return merged.count
    }

    private mutating func delete(_ ids: [PointID]) throws -> Int {
        var count = 0
        for id in ids {
            guard let entry = entry(of: id) else { continue }
            sequence += 1
            count += 1
            try deleteRows(of: entry)
            try records.deletePoint(id)
            overlay[id] = .some(nil)
            changes.append(.remove(id, entry))
        }
        return count
    }
}

extension JSONValue {
    /// This payload with `patch` merged in: null removes, an object merges, anything else replaces (RFC 7396).
    func merged(with patch: JSONObject) -> JSONValue {
        var result = JSONObject()
        if case .object(let old) = self { result = old }
        for member in patch.members {
            switch member.value {
            case .null: result[member.key] = nil
            case .object(let inner): result[member.key] = (result[member.key] ?? .null).merged(with: inner)
            case let value: result[member.key] = value
            }
        }
        return .object(result)
    }
}
