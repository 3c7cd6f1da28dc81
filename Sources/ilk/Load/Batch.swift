import IlkDatasets
import IlkProtocol

/// Points that are sent in one request, and where they come from.
struct Batch: Sendable {
    struct Origin: Sendable {
        var row: Int
        var line: Int?
        /// The record as it stood there, where that is text.
        var text: [UInt8]?

        init(_ record: DatasetRecord) {
            row = record.row
            line = record.line
            text = record.text
        }

        /// The record with this id, refused.
        func refused(because reason: String, id: PointID?) -> RefusedRecord {
            RefusedRecord(row: row, line: line, reason: reason, id: id, text: text)
        }
    }

    var points: [UpsertPoint] = []
    var origins: [Origin] = []
    /// Refused while they were read.
    var refused: [RefusedRecord] = []
    /// Bytes that the points take in a request, about.
    var bytes = 0
    /// The row behind the last one of the batch, refused ones counted.
    var endRow = 0
    /// Bytes of the file that were read when the batch was full: for progress.
    var fileBytes = 0

    mutating func add(_ point: UpsertPoint, _ origin: Origin) {
        points.append(point)
        origins.append(origin)
        bytes += point.wireBytes
    }
}

/// What became of a batch.
struct BatchOutcome: Sendable {
    var loaded = 0
    /// Refused by the reader or by the collection.
    var refused: [RefusedRecord] = []
    var sequence = 0
    var lastID: PointID?
    /// How long the request took: the size of the next ones follows it.
    var duration = Duration.zero
    /// Whether the daemon found the batch too large.
    var wasTooLarge = false
}
