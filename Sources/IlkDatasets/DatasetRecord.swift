package import IlkProtocol

/// One point as it stands in a file.
package struct DatasetRecord: Sendable {
    /// The number of the record in its file, from 0, refused ones counted.
    package var row: Int
    /// The line on which it begins, from 1, in files that have lines.
    package var line: Int?
    /// Nil where the file gives none: the row's number may stand for it.
    package var id: PointID?
    /// Vectors by field; the name is nil where the file tells none.
    package var vectors: [(field: String?, vector: [Float])]
    /// The payload as an object; nil where there is none.
    package var payload: JSONText?
    /// Until when the point is found.
    package var expiry: PointExpiry
    /// The record as it stands in the file, cut at 64 KiB, for whoever must refuse it later; nil where it is no text.
    package var text: [UInt8]?

    init(
        row: Int, line: Int? = nil, id: PointID? = nil, vectors: [(field: String?, vector: [Float])] = [],
        payload: JSONText? = nil, expiry: PointExpiry = .never, text: [UInt8]? = nil
    ) {
        self.row = row
        self.line = line
        self.id = id
        self.vectors = vectors
        self.payload = payload
        self.expiry = expiry
        self.text = text
    }

    /// As much of a record's text as is kept.
    static func kept(_ text: UnsafeRawBufferPointer) -> [UInt8] { unsafe Array(text.prefix(65_536)) }
}

/// A record that cannot be a point, and why; the records after it are read all the same.
package struct RefusedRecord: Sendable, Equatable {
    package var row: Int
    package var line: Int?
    /// What is wrong with it, as a sentence.
    package var reason: String
    /// The record as it stands in the file, cut at 64 KiB; nil where it is no text.
    package var text: String?
    /// Its id, where it was read before the refusal.
    package var id: PointID?

    package init(row: Int, line: Int? = nil, reason: String, id: PointID? = nil, text: [UInt8]? = nil) {
        self.row = row
        self.line = line
        self.reason = reason
        self.id = id
        self.text = text.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What a ``RecordReader`` finds at a row.
package enum DatasetEntry: Sendable {
    case record(DatasetRecord)
    case refused(RefusedRecord)
}

/// How records are to be read.
package struct RecordOptions: Sendable {
    /// Nil takes it from the file's name.
    package var format: FileFormat?
    /// The column of CSV and TSV, or the member of a plain record, that holds ids; rows are numbered where there is none.
    package var idColumn = "id"
    /// The column or member that holds when points expire, in seconds since 1970; nil where there is none.
    package var expiryColumn: String?
    /// Whether a line of NDJSON may be a plain record: an object that is itself the payload, but for its id.
    package var takesPlainRecords = false
    /// What the names of the columns that hold one component each begin with, before their number.
    package var vectorColumns: String?
    /// The field that vectors without a name belong to; nil leaves it to the collection.
    package var vectorField: String?
    /// Declared payload fields: the types of columns, which are inferred where they are not declared.
    package var fields: [PayloadField] = []

    package init() {}
}
