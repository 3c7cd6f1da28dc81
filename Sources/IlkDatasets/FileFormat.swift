/// The formats of files that hold vectors.
package enum FileFormat: String, Sendable, CaseIterable {
    /// NumPy's array file: one matrix.
    case npy
    /// Rows of a little-endian Int32 dimension and so many f32, u8 or Int32: what TEXMEX and its successors use.
    case fvecs, bvecs, ivecs
    /// The format of MNIST: big-endian header, then one array.
    case idx
    /// One JSON object a line, as `points.upsert` takes them.
    case ndjson
    /// Comma- or tab-separated text with a header row.
    case csv, tsv

    /// Whether the file is one matrix, rather than records with ids and payloads.
    package var isMatrix: Bool {
        switch self {
        case .npy, .fvecs, .bvecs, .ivecs, .idx: true
        case .ndjson, .csv, .tsv: false
        }
    }

    /// The format that was given, or else the one that the file's name tells.
    package init(path: String, given: FileFormat?) throws(DatasetError) {
        if let given { self = given } else { try self.init(path: path) }
    }

    /// The format that a file's name tells, with or without `.gz`.
    ///
    /// - Throws: ``DatasetError/unknownFormat(path:)``.
    package init(path: String) throws(DatasetError) {
        var name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.hasSuffix(".gz") { name.removeLast(3) }
        let suffix = name.split(separator: ".").last.map(String.init) ?? ""
        switch suffix {
        case "jsonl": self = .ndjson
        case _ where name.hasSuffix("-ubyte") || suffix.hasSuffix("-ubyte") || name.contains("-idx"): self = .idx
        default:
            guard name.contains("."), let format = FileFormat(rawValue: suffix) else {
                throw .unknownFormat(path: path)
            }
            self = format
        }
    }
}
