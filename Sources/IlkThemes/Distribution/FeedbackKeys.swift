import IlkProtocol

/// Keys of feedback that was counted: what comes again under the same key is passed over.
///
/// The newest 131,072 keys and a few more are remembered, in chunks, each of which is a row of the file: with every write
/// the last chunk is written, and the oldest goes as a new one begins.
struct FeedbackKeys: Sendable {
    private var chunks: [(number: Int64, keys: [String])] = []
    private var known: Set<String> = []
    /// Chunks that were changed, and that went, since the last time.
    private var changed: Set<Int64> = []
    private var gone: [Int64] = []
    private let chunkSize: Int

    private static let prefix = "keys-"
    private static let mostChunks = 32

    /// No keys, in chunks of so many.
    init(chunkSize: Int = 4_096) { self.chunkSize = chunkSize }

    /// The number of the chunk that a row of the file is; nil for another row.
    static func chunk(ofRow id: String) -> Int64? { id.hasPrefix(prefix) ? Int64(id.dropFirst(prefix.count)) : nil }

    /// Takes a row of the file in; rows come in any order.
    mutating func add(chunk number: Int64, _ row: JSONValue) {
        guard case .array(let elements) = row else { return }
        let keys = elements.compactMap { if case .string(let key) = $0 { key } else { nil } }
        chunks.append((number, keys))
        chunks.sort { $0.number < $1.number }
        known.formUnion(keys)
    }

    /// Notes a key; whether it is new.
    mutating func insert(_ key: String) -> Bool {
        guard known.insert(key).inserted else { return false }
        if chunks.last.map({ $0.keys.count >= chunkSize }) ?? true {
            chunks.append(((chunks.last?.number ?? 0) + 1, []))
            if chunks.count > Self.mostChunks + 1 {
                let oldest = chunks.removeFirst()
                known.subtract(oldest.keys)
                changed.remove(oldest.number)
                gone.append(oldest.number)
            }
        }
        chunks[chunks.count - 1].keys.append(key)
        changed.insert(chunks[chunks.count - 1].number)
        return true
    }

    /// Rows to be written and rows to be deleted since the last time.
    mutating func takeChanges() -> (rows: [(id: String, value: JSONText)], gone: [String]) {
        let rows = chunks.filter { changed.contains($0.number) }.map { chunk in
            ("\(Self.prefix)\(chunk.number)", JSONText(.array(chunk.keys.map { .string($0) })))
        }
        defer { (changed, gone) = ([], []) }
        return (rows, gone.map { "\(Self.prefix)\($0)" })
    }

    /// Notes that these rows could not be written, or deleted.
    mutating func markChanged(_ rows: [String], gone: [String]) {
        changed.formUnion(
            rows.compactMap { Self.chunk(ofRow: $0) }.filter { number in chunks.contains { $0.number == number } })
        self.gone += gone.compactMap { Self.chunk(ofRow: $0) }
    }
}
