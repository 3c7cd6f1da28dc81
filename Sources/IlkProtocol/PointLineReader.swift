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
        try unsafe reader.read(line) { (element) throws(IlkError) in try Self.point(element) }
    }

    private static func point(_ element: JSONElement) throws(IlkError) -> Point {
        let parameters = try Parameters(element, at: "the point", known: Parameters.pointFields)
        let id = try parameters["id"].map { id throws(IlkError) in try Parameters.id(id, "the point's id") }
        return Point(id: id, vectors: try parameters.pointVectors(), payload: try parameters.pointPayload())
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
