/// Why a file cannot be read; every message names the file, says what is wrong with it and what to do next.
package enum DatasetError: Error, Equatable, Sendable {
    /// The system would not open or read it.
    case unreadable(path: String, reason: String)
    /// Its name tells no format that is known here.
    case unknownFormat(path: String)
    /// It is not what its name says: wrong magic, cut, ragged, or with sizes that do not fit together.
    case damaged(path: String, problem: String)
    /// It is sound, but of a kind that is not read here.
    case unsupported(path: String, problem: String)
}

extension DatasetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .unknownFormat(let path):
            "\(path): its name tells no format; known are .npy, .fvecs, .bvecs, .ivecs, .ndjson, .jsonl, .csv, .tsv and "
                + "IDX (-idx3-ubyte), each with .gz too, or name the format"
        case .damaged(let path, let problem), .unsupported(let path, let problem): "\(path): \(problem)"
        }
    }
}
