import IlkClient
import IlkProtocol

/// Sends points to a daemon, vectors as base64.
struct SocketSink: PointSink {
    let connection: IlkConnection

    func upsert(_ points: [UpsertPoint], into collection: String, wait: WriteWait) async throws -> Int {
        var writer = JSONWriter(capacity: points.reduce(256) { $0 + $1.wireBytes })
        writer.beginObject()
        writer.key("collection")
        writer.string(collection)
        writer.key("points")
        writer.beginArray()
        for point in points { writer.point(point) }
        writer.endArray()
        writer.key("wait")
        writer.string(wait.rawValue)
        writer.endObject()
        let line = try await connection.reply(to: "points.upsert", JSONText(validated: writer.bytes))
        guard case .reply(_, let result) = try ClientLine.read(line) else {
            throw ClientError.notIlk(reason: "no reply")
        }
        return try result.get()["sequence"]?.integer ?? 0
    }

    func call(_ method: String, _ params: [(String, JSONValue)]) async throws -> JSONValue {
        try await connection.call(method, .object(JSONObject(params)))
    }
}

extension UpsertPoint {
    /// About as many bytes as the point takes in a request.
    var wireBytes: Int {
        vectors.reduce(64 + (payload?.bytes.count ?? 0)) { $0 + $1.vector.count * 16 / 3 + 32 }
    }
}

extension JSONWriter {
    fileprivate mutating func point(_ point: UpsertPoint) {
        beginObject()
        key("id")
        id(point.id)
        if point.vectors.count == 1, point.vectors[0].field == nil {
            key("vector")
            vector(point.vectors[0].vector, base64: true)
        } else if !point.vectors.isEmpty {
            key("vectors")
            beginObject()
            for (field, values) in point.vectors {
                key(field ?? "vector")
                vector(values, base64: true)
            }
            endObject()
        }
        if let payload = point.payload {
            key("payload")
            json(payload)
        }
        if let seconds = point.expiry.seconds {
            key("expires_at")
            int(seconds)
        }
        endObject()
    }
}
