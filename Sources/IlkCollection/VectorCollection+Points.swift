import GRDB
import IlkFilter
package import IlkProtocol
import IlkVectors

extension VectorCollection {
    /// Inserts points, or replaces those that are there: wholly, payload and vectors.
    ///
    /// `completion` is called once: here if the request is refused, else when the write is what `wait` says.
    ///
    /// - Parameters:
    ///   - points: the points, in the order in which they are applied.
    ///   - wait: what the write shall be when it is answered.
    ///   - fingerprint: that of the model that made vectors of fields with a model.
    ///   - completion: called on any thread.
    package func upsert(
        _ points: [UpsertPoint], wait: WriteWait = .searchable, fingerprint: String? = nil,
        completion: @escaping Completion<WriteReceipt>
    ) {
        submit(wait, completion) { writer throws(IlkError) in
            let content = writer.content
            var prepared: [PreparedPoint] = []
            prepared.reserveCapacity(points.count)
            for (place, point) in points.enumerated() {
                prepared.append(try content.prepare(point, place: place, fingerprint: fingerprint))
            }
            return .upsert(prepared)
        }
    }

    /// Merges `payload` into the payloads of the selected points, where null removes (RFC 7396), and sets when they expire.
    package func patch(
        _ selection: PointSelection, with payload: JSONValue, expiry: PointExpiry? = nil, wait: WriteWait = .searchable,
        completion: @escaping Completion<WriteReceipt>
    ) {
        submit(wait, completion) { _ throws(IlkError) in
            guard case .object(let patch) = payload else {
                throw IlkError(.invalidRequest, "'payload' is not an object; send the members to change")
            }
            return .patch(selection, patch, expiry)
        }
    }

    /// Deletes the selected points; ids that are not there are passed over.
    package func delete(_ selection: PointSelection, completion: @escaping Completion<WriteReceipt>) {
        submit(.durable, completion) { _ throws(IlkError) in .delete(selection) }
    }

    func submit(
        _ wait: WriteWait, _ completion: @escaping Completion<WriteReceipt>,
        _ operation: (Writer) throws(IlkError) -> WriteOperation
    ) {
        do throws(IlkError) {
            let writer = try writer()
            writer.submit(try operation(writer), wait: wait, completion: completion)
        } catch {
            completion(.failure(error))
        }
    }

    /// The points of these ids, in the order asked for, and the ids that are not there.
    ///
    /// - Throws: what `refusing` says of the reply's length, as soon as it is too long.
    package func get(
        ids: [PointID], withVectors: Bool, withPayload: PayloadSelection, refusing: ReplyLimit = { _ in nil }
    ) throws(IlkError) -> (points: [StoredPoint], missing: [PointID]) {
        let content = try content()
        return try content.store.read("read points") { database in
            let records = Records(database: database)
            var points: [StoredPoint] = []
            var bytes = 0
            var missing: [PointID] = []
            for id in ids {
                if let row = try records.point(id), content.isFound(row) {
                    let point = try records.stored(row, content.schema, withVectors, withPayload)
                    bytes += point.replyBytes
                    if let refusal = refusing(bytes) { throw refusal }
                    points.append(point)
                } else {
                    missing.append(id)
                }
            }
            return (points, missing)
        }
    }

    /// How many points pass a filter, or are there at all: exact.
    package func count(_ filter: WireFilter?) throws(IlkError) -> Int {
        let writer = try writer()
        let content = writer.content
        guard let filter else {
            return content.expiry.isIdle ? content.directory.count : try writer.atOneMoment(.memory) { content.count }
        }
        let expression = try content.expression(filter)
        return try writer.atOneMoment(content.scope(of: expression)) { () throws(IlkError) in
            try content.matching(expression).count
        }
    }

    /// Points in the order of their first insertion, a page at a time.
    ///
    /// A point that is there from the first page to the last comes exactly once, whatever is written meanwhile.
    ///
    /// - Throws: what `refusing` says of the reply's length, as soon as it is too long.
    package func scroll(
        _ request: PointsScroll, refusing: @escaping ReplyLimit = { _ in nil }
    ) throws(IlkError) -> (points: [StoredPoint], nextCursor: String?) {
        let writer = try writer()
        var after: Int64 = 0
        if let cursor = request.cursor {
            guard let key = Int64(cursor), key >= 0 else {
                throw IlkError(
                    .invalidRequest, "cursor '\(cursor)' is not one of ilk's; send 'next_cursor' of the page before")
            }
            after = key
        }
        // Without a filter a page is one snapshot of SQLite's.
        guard let filter = request.filter else { return try writer.content.page(request, after, nil, refusing) }
        let expression = try writer.content.expression(filter)
        return try writer.atOneMoment(.rows) { [after, content = writer.content] () throws(IlkError) in
            try content.page(request, after, try content.matching(expression), refusing)
        }
    }

    /// The most frequent values of a field among the points that pass a filter, with exact counts.
    package func facets(_ request: PointsFacets) throws(IlkError) -> [(value: JSONValue, count: Int)] {
        let writer = try writer()
        let content = writer.content
        let expression = try request.filter.map { filter throws(IlkError) in try content.expression(filter) }
        let scope =
            content.filters.isDeclared(request.field) ? expression.map { content.scope(of: $0) } ?? .memory : .rows
        return try writer.atOneMoment(scope) { () throws(IlkError) in
            try content.facets(
                field: request.field, within: try content.admitted(expression), limit: request.limit)
        }
    }
}

extension CollectionContent {
    /// A page of a scroll: points whose key comes after `after`.
    fileprivate func page(
        _ request: PointsScroll, _ after: Int64, _ matching: Bitmap?, _ refusing: ReplyLimit
    ) throws(IlkError) -> (points: [StoredPoint], nextCursor: String?) {
        try store.read("scroll") { database in
            let records = Records(database: database)
            var after = after
            var points: [StoredPoint] = []
            var bytes = 0
            while true {
                let rows = try records.points(after: after, limit: max(request.limit, 256))
                for row in rows {
                    if points.count == request.limit { return (points, String(after)) }
                    after = row.key
                    guard matching?.contains(row.ordinal.rawValue) ?? true, isFound(row) else { continue }
                    let point = try records.stored(row, schema, request.withVectors, request.withPayload)
                    bytes += point.replyBytes
                    if let refusal = refusing(bytes) { throw refusal }
                    points.append(point)
                }
                guard let last = rows.last else { return (points, nil) }
                after = last.key
            }
        }
    }
}

extension Records {
    fileprivate func stored(
        _ row: PointRow, _ schema: CollectionSchema, _ withVectors: Bool, _ withPayload: PayloadSelection
    ) throws -> StoredPoint {
        var point = StoredPoint(
            id: row.id, expires: row.expires, payload: try payload(row.ordinal, withPayload), vectors: [])
        guard withVectors else { return point }
        for (field, vectorField) in schema.vectors.enumerated() where row.fields & 1 << UInt64(field) != 0 {
            guard let vector = try vector(row.ordinal, field: field) else { continue }
            point.vectors.append((vectorField.name, vector))
        }
        return point
    }

    /// The selected part of a payload; nil where none is wanted.
    func payload(_ ordinal: Ordinal, _ selection: PayloadSelection) throws -> JSONText? {
        switch selection {
        case .none: return nil
        case .all: return try payload(ordinal) ?? JSONText(.object(JSONObject()))
        case .paths(let paths):
            let whole = try payload(ordinal)?.parsed() ?? .object(JSONObject())
            return JSONText(whole.selecting(paths))
        }
    }
}

extension JSONValue {
    /// An object with only what lies at these dotted paths; a path that leads nowhere is left out.
    package func selecting(_ paths: [String]) -> JSONValue {
        guard case .object(let whole) = self else { return .object(JSONObject()) }
        var result = JSONObject()
        for path in paths {
            if let value = whole[path] {
                result[path] = value
                continue
            }
            let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2, let inner = whole[parts[0]] else { continue }
            guard case .object(let picked) = inner.selecting([parts[1]]), !picked.members.isEmpty else { continue }
            result[parts[0]] = (result[parts[0]] ?? .null).merged(with: picked)
        }
        return .object(result)
    }
}
