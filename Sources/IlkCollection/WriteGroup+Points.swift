import IlkProtocol
import IlkVectors

extension WriteGroup {
    mutating func upsert(_ points: [PreparedPoint], _ receipt: inout WriteReceipt) throws {
        try reserve(points.count)
        for point in points { try upsert(point, &receipt) }
        receipt.count += points.count
    }

    /// Inserts a point or replaces it; texts that are as before keep their vectors, those that a document had at
    /// another place too.
    mutating func upsert(
        _ point: PreparedPoint, reusing known: KnownTexts = KnownTexts(), _ receipt: inout WriteReceipt
    ) throws {
        try deleteExpired(point.id)
        advance()
        var point = point
        let old = entry(of: point.id)
        var isSame = old != nil
        var pending: UInt64 = 0
        var oldTexts: PointTexts?
        if let old, !reader.isIdle { oldTexts = reader.texts(of: try records.payload(old.ordinal)?.parsed()) }
        let oldPending = old == nil || oldTexts == nil ? 0 : try records.pending(old!.ordinal)?.fields ?? 0
        for field in point.vectors.indices {
            let bit: UInt64 = 1 << UInt64(field)
            if let vector = point.vectors[field] {
                isSame = try isSame && old!.fields & bit != 0 && records.vector(old!.ordinal, field: field) == vector
            } else if point.texts.sources[field].isEmpty {
                isSame = isSame && old!.fields & bit == 0 && oldPending & bit == 0
            } else if let old, oldTexts?.sources[field] == point.texts.sources[field],
                (old.fields | oldPending) & bit != 0
            {
                // The text is as before: so is its vector, or it waits for it as before.
                point.vectors[field] = try records.vector(old.ordinal, field: field)
                if point.vectors[field] == nil { pending |= bit } else { receipt.unchanged += 1 }
            } else if let vector = known.vector(field, point.texts.sources[field]) {
                point.vectors[field] = vector
                receipt.unchanged += 1
                isSame = false
            } else {
                pending |= bit
                receipt.embedded += 1
                isSame = false
            }
        }
        if isSame, let old, oldTexts?.words ?? [] == point.texts.words || reader.isIdle {
            try setPayload(point.payload, of: old.ordinal)
            try setExpiry(point.expiry, of: point.id, old)
            if pending != 0 { keepWaiting(old.ordinal) }
        } else {
            try put(point, replacing: old, pending: pending)
        }
    }

    mutating func merge(
        _ patch: JSONObject, _ expiry: PointExpiry?, into ids: [PointID], _ receipt: inout WriteReceipt
    ) throws {
        var merged:
            [(id: PointID, entry: PointDirectory.Entry, payload: JSONText, texts: (old: PointTexts, new: PointTexts)?)] =
                []
        var seen: Set<PointID> = []
        for id in ids where seen.insert(id).inserted {
            guard let entry = liveEntry(of: id) else { continue }
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
            let texts = reader.isIdle ? nil : (old: reader.texts(of: old), new: reader.texts(of: new))
            merged.append((id, entry, text, texts))
        }
        try reserve(merged.count { $0.texts.map { $0.old != $0.new } ?? false })
        for (id, entry, payload, texts) in merged {
            advance()
            if let texts, texts.old != texts.new {
                try rewrite(id, entry, payload, texts, expiry ?? self.expiry(of: entry), &receipt)
            } else {
                if !patch.members.isEmpty { try setPayload(payload, of: entry.ordinal) }
                if let expiry { try setExpiry(expiry, of: id, entry) }
            }
        }
        receipt.count += merged.count
    }

    /// Makes a new version where a patch changed a text: vectors of other fields, and of texts as before, stay.
    private mutating func rewrite(
        _ id: PointID, _ old: PointDirectory.Entry, _ payload: JSONText, _ texts: (old: PointTexts, new: PointTexts),
        _ expiry: PointExpiry, _ receipt: inout WriteReceipt
    ) throws {
        var point = PreparedPoint(
            id: id, vectors: Array(repeating: nil, count: texts.new.sources.count), payload: payload, expiry: expiry,
            texts: texts.new)
        var pending: UInt64 = 0
        let oldPending = try records.pending(old.ordinal)?.fields ?? 0
        for field in point.vectors.indices {
            let bit: UInt64 = 1 << UInt64(field)
            if texts.old.sources[field] == texts.new.sources[field] {
                if old.fields & bit != 0 {
                    point.vectors[field] = try records.vector(old.ordinal, field: field)
                    if !texts.new.sources[field].isEmpty { receipt.unchanged += 1 }
                } else {
                    pending |= oldPending & bit
                }
            } else if !texts.new.sources[field].isEmpty {
                pending |= bit
                receipt.embedded += 1
            }
        }
        try put(point, replacing: old, pending: pending)
    }

    /// Gives versions the vectors that their models owed them; those that are gone or replaced are passed over.
    mutating func fill(_ fills: [VectorFill]) throws -> Int {
        var count = 0
        for fill in fills {
            let bit: UInt64 = 1 << UInt64(fill.field)
            // Texts that the field's former model embedded come again.
            guard fill.fingerprint == fingerprints[fill.field] else { continue }
            guard var row = try records.pending(fill.ordinal), row.born == fill.born, row.fields & bit != 0,
                let id = id(of: fill.ordinal), var entry = entry(of: id)
            else { continue }
            row.fields &= ~bit
            if let vector = fill.vector {
                advance()
                entry.fields |= bit
                try add(vector, field: fill.field, to: id, entry)
                count += 1
            }
            try setPending(row)
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
