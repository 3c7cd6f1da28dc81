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
    }

    /// Reads one line, without its line feed.
    ///
    /// - Throws: what the daemon would refuse the point with.
    package func point(_ line: UnsafeRawBufferPointer) throws(IlkError) -> Point {
        let element = try unsafe reader.read(line)
        let parameters = try Parameters(element, at: "the point", known: ["id", "vector", "vectors", "payload"])
        let id = try parameters["id"].map { id throws(IlkError) in try Parameters.id(id, "the point's id") }
        var vectors: [(field: String?, vector: [Float])] = []
        switch (parameters["vector"], parameters["vectors"]) {
        case (.some, .some): throw IlkError(.invalidRequest, "the point has both 'vector' and 'vectors'; give one of them")
        case (nil, nil): throw IlkError(.invalidRequest, "the point lacks 'vector' (or 'vectors', where there are several fields)")
        case (let vector?, nil): vectors = [(nil, try Parameters.vector(vector, "vector").values)]
        case (nil, let fields?):
            guard fields.isObject else { throw Parameters.mismatch(fields, "vectors", "an object of vectors by field") }
            try fields.forEachMember { (name, vector) throws(IlkError) in
                vectors.append((name, try Parameters.vector(vector, "vectors.\(name.prefix(64))").values))
            }
        }
        var payload: JSONText?
        if let element = parameters["payload"] {
            guard element.isObject else { throw Parameters.mismatch(element, "payload", "an object") }
            payload = element.text
        }
        return Point(id: id, vectors: vectors, payload: payload)
    }

    /// Reads a vector alone: an array of numbers, or a string of base64.
    package func vector(_ text: [UInt8]) throws(IlkError) -> [Float] {
        let result: Result<[Float], IlkError> = unsafe text.withUnsafeBytes { bytes in
            do throws(IlkError) {
                return .success(try Parameters.vector(try unsafe reader.read(bytes), "the vector").values)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
