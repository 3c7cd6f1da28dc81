/// Reads points as files hold them: what `points.upsert` takes, one object a line, where the id may be missing.
///
/// Keeps simdjson's buffers from line to line, so one reader serves one thread.
package final class PointLineReader {
    private let reader = JSONReader()

    package init() {}

    /// A point of a file.
    package struct Point: Sendable {
        /// Nil where the line has none.
        package var id: PointID?
        package var vectors: [(field: String?, vector: [Float])]
        package var payload: JSONText?
        package var expiry = PointExpiry.never
    }

    /// Which members of a plain record are no payload.
    package struct PlainMembers: Sendable {
        package var id: String
        package var expiry: String?

        package init(id: String, expiry: String? = nil) {
            self.id = id
            self.expiry = expiry
        }
    }

    /// Reads one line, without its line feed.
    ///
    /// An object with neither vector nor payload is a plain record if `plain` says which members are its id and its
    /// expiry: all others are its payload.
    ///
    /// - Throws: what the daemon would refuse the point with.
    package func point(_ line: UnsafeRawBufferPointer, plain: PlainMembers? = nil) throws(IlkError) -> Point {
        try unsafe reader.read(line) { (element) throws(IlkError) in
            if let plain, let point = try Self.plainRecord(element, plain) { return point }
            return try Self.point(element)
        }
    }

    /// The point that a plain record is; nil where it is a point as the protocol has them, or no object.
    private static func plainRecord(_ element: JSONElement, _ plain: PlainMembers) throws(IlkError) -> Point? {
        guard element.isObject else { return nil }
        var isPlain = true
        var id: PointID?
        var expiry = PointExpiry.never
        var writer = JSONWriter(capacity: 1_024)
        writer.beginObject()
        try element.forEachMember { (name, value) throws(IlkError) in
            if name == plain.id {
                id = try Parameters.id(value, "'\(name)'")
            } else if name == plain.expiry {
                if value.value != .null { expiry = try Parameters.expiry(value, "'\(name)'") }
            } else if ["vector", "vectors", "payload"].contains(name) {
                isPlain = false
            } else {
                writer.key(name)
                writer.json(value.text)
            }
        }
        guard isPlain else { return nil }
        writer.endObject()
        try Parameters.refuseRepeatedKeys(element, "the record")
        guard writer.bytes.count <= UpsertPoint.maximumPayload else {
            throw IlkError(
                .tooLarge, "the record has \(writer.bytes.count) bytes; \(UpsertPoint.maximumPayload) at most")
        }
        return Point(id: id, vectors: [], payload: JSONText(validated: writer.bytes), expiry: expiry)
    }

    private static func point(_ element: JSONElement) throws(IlkError) -> Point {
        let parameters = try Parameters(element, at: "the point", known: Parameters.pointFields)
        let id = try parameters["id"].map { id throws(IlkError) in try Parameters.id(id, "the point's id") }
        return Point(
            id: id, vectors: try parameters.pointVectors(), payload: try parameters.pointPayload(),
            expiry: try parameters.expiry() ?? .never)
    }

    /// Reads a vector alone: an array of numbers, or a string of base64.
    package func vector(_ text: [UInt8]) throws(IlkError) -> [Float] {
        try unsafe text.span.bytes.withUnsafeBytes { bytes throws(IlkError) in
            try unsafe reader.read(bytes) { (element) throws(IlkError) in
                try Parameters.vector(element, "the vector").values
            }
        }
    }
}
