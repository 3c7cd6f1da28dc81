import Foundation
import IlkFilter
package import IlkProtocol
import IlkVectors

/// What a collection of one vector field will take, before there is any: bytes from the formulas by which it is laid out,
/// time from what was measured.
///
/// A part is a line of ``memory`` or ``disk``. A test compares them with what collections really take.
package struct CapacityPlan: Sendable {
    /// The collection that is planned.
    package struct Shape: Sendable {
        package var points: Int
        package var dimension: Int
        /// `auto` is taken to choose codes, which it does for rows of 32 components and more unless a trial speaks against it.
        package var storage: StorageName
        package var m: Int
        package var efConstruction: Int
        package var fields: [PayloadField.Kind]
        /// Bytes of a payload as JSON, on average; 0 where points have none.
        package var payloadBytes: Int
        /// Bytes of an id, on average; 0 where ids are numbers.
        package var idBytes: Int
        /// Threads that search or link at once.
        package var threads: Int

        package init(
            points: Int, dimension: Int, storage: StorageName = .auto, m: Int = 16, efConstruction: Int = 200,
            fields: [PayloadField.Kind] = [], payloadBytes: Int = 0, idBytes: Int = 0, threads: Int
        ) {
            self.points = points
            self.dimension = dimension
            self.storage = storage
            self.m = m
            self.efConstruction = efConstruction
            self.fields = fields
            self.payloadBytes = payloadBytes
            self.idBytes = idBytes
            self.threads = threads
        }

        /// Whether walks read codes.
        package var hasCodes: Bool { storage == .u8 || (storage == .auto && dimension >= 32) }
    }

    /// One part, and what its bytes are.
    package struct Part: Sendable {
        package var name: String
        package var bytes: Int
        package var meaning: String
    }

    package let shape: Shape

    package init(_ shape: Shape) { self.shape = shape }

    // MARK: Memory

    /// What is in memory, by part: the names are those of `collection.describe`, without the vector field's.
    package var memory: [Part] {
        let n = shape.points
        return [
            Part(
                name: "vectors", bytes: n * Self.padded(shape.dimension, to: 16) * 4, meaning: "f32, padded to 64 bytes"
            ),
            Part(
                name: "codes", bytes: shape.hasCodes ? n * Self.padded(shape.dimension, to: 64) : 0,
                meaning: "a byte a component, padded to 64"),
            Part(
                name: "links", bytes: n * (Self.bytesOfLists(m: shape.m) + Self.bytesBesideLists) + upperBytes,
                meaning: "1 + 2·M words a node, 1 + M a level above"),
            Part(
                name: "lists", bytes: listBytes,
                meaning: "4 bits for three components; only for vectors hard for a graph"),
            Part(
                name: "scratch", bytes: shape.threads * n * 2 * 5 / 4,
                meaning: "two bytes a node for each search at once"),
            Part(name: "directory", bytes: directoryBytes, meaning: "ids, both ways"),
            Part(
                name: "filters", bytes: n / 8 + shape.fields.reduce(0) { $0 + Int(Self.bytes(of: $1) * Double(n)) },
                meaning: "declared fields; a third more where values come and go"),
            Part(name: "filter_cache", bytes: FilterCache.mostBytes, meaning: "what passes filters, at most"),
        ]
    }

    /// Codes of lists with a scale, a bias and an ordinal each, in blocks of 64 of which those of a list of 400 fill 12 in 13;
    /// and the list of each vector.
    private var listBytes: Int {
        guard shape.storage == .auto, shape.hasCodes, shape.points >= 20_000 else { return 0 }
        let entry = ProductQuantizer.parts(dimension: shape.dimension) / 2 + 12
        return shape.points * (entry * 13 / 12 + 4)
    }

    /// Memory that a daemon takes without any collection.
    package static let daemonBytes = 64 << 20

    static func padded(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }

    private static func bytesOfLists(m: Int) -> Int { (1 + 2 * m) * 4 }

    /// A node's state, lock, count of incoming links and the place of its upper lists.
    private static let bytesBesideLists = 10

    /// Of m nodes one is on the next level.
    private var upperLists: Int { shape.points / (shape.m - 1) }

    private var upperBytes: Int { upperLists * (1 + shape.m) * 4 }

    /// A dictionary of a power of two of places, three quarters of which are used, and an array that doubles as it grows.
    private var directoryBytes: Int {
        let places = Self.powerOfTwo(from: shape.points * 4 / 3 + 1)
        let text = shape.idBytes > 15 ? Self.padded(32 + shape.idBytes + 1, to: 16) : 0
        let id = MemoryLayout<PointID?>.stride
        return places * (MemoryLayout<PointID>.stride + MemoryLayout<PointDirectory.Entry>.stride)
            + Self.powerOfTwo(from: shape.points) * id + shape.points * text
    }

    private static func powerOfTwo(from count: Int) -> Int {
        var power = 1
        while power < count { power *= 2 }
        return power
    }

    /// For each point 24 bytes for what it has and a bit or two; a number in blocks of which seven tenths are filled, an
    /// ordinal among those of a string, or a bit.
    private static func bytes(of kind: PayloadField.Kind) -> Double {
        switch kind {
        case .int, .float, .datetime: 24.3 + 13 / 0.7
        case .keyword: 26.3
        case .bool: 24.5
        }
    }

    // MARK: Disk

    /// What lies on the disk, by file.
    package var disk: [Part] {
        let checkpoint = checkpointBytes
        return [
            Part(name: "collection.sqlite", bytes: databaseBytes, meaning: "the records: vectors, payloads, ids"),
            Part(name: "collection.sqlite-wal", bytes: Self.walBytes, meaning: "what was written last"),
            Part(name: "checkpoint", bytes: checkpoint, meaning: "vectors and links once more, derived"),
            Part(name: "checkpoint.new", bytes: checkpoint, meaning: "the next one, while it is being written"),
        ]
    }

    /// SQLite folds the log in from 1,000 pages on; a group of writes makes it somewhat longer.
    private static let walBytes = 17 << 20

    /// What a checkpoint says of codes and lists, and a recall curve.
    private static let bytesOfFindings = 64 + 25 * 24

    private var checkpointBytes: Int {
        let n = shape.points
        let sections = [
            n, n * Self.bytesOfLists(m: shape.m), n * 4, upperBytes, n * Self.padded(shape.dimension, to: 16) * 4,
            Self.bytesOfFindings + (shape.hasCodes ? 4 + shape.dimension * 4 : 0),
        ]
        // Each section is two extents but for the last.
        return sections.reduce(256 + 11 * 40) { $0 + Self.padded($1, to: 64) }
    }

    private var databaseBytes: Int {
        let n = shape.points
        let id = shape.idBytes > 0 ? shape.idBytes : 4
        let vectors = SQLiteTable(rows: n, payload: shape.dimension * 4 + 5)
        let payloads = SQLiteTable(rows: shape.payloadBytes > 0 ? n : 0, payload: shape.payloadBytes + 4)
        let points = SQLiteTable(rows: n, payload: 7 + 4 + id + 1 + 4)
        let ids = SQLiteTable(rows: n, payload: 3 + id + 4, isIndex: true, fill: shape.idBytes > 0 ? 0.72 : 1)
        return [vectors, payloads, points, ids].reduce(10 * SQLiteTable.pageSize) { $0 + $1.bytes }
    }

    // MARK: Time

    /// Seconds until all points are stored and linked, on `threads` cores.
    ///
    /// A fit to the CPU time of 14 runs of `ilk build`, which stores and links, on a Xeon with AVX-512 that other programs shared,
    /// M 16 and efConstruction 200. It is 0.79 to 1.34 times what these took, and 0.6 to 1.7 times for a set that is left out
    /// of the fit: how fast the cost grows with n depends on the data. The figures are in docs/TUNING.md.
    package var buildSeconds: Double {
        let n = Double(shape.points)
        var microseconds = 3.177 * pow(n, 0.2311) * pow(Double(shape.dimension), 0.2735)
        if !shape.hasCodes { microseconds *= 2 }
        microseconds *= Double(shape.efConstruction) / 200 * (Double(shape.m) / 16).squareRoot()
        // The writer's own part, and what two threads lose by waiting for the same memory.
        let parallel = shape.threads == 1 ? 1 : 0.9 * Double(shape.threads)
        return n * microseconds / 1e6 / parallel
    }
}

/// What a table of SQLite takes whose rows are alike.
private struct SQLiteTable {
    /// As ``RecordStore`` asks for.
    static let pageSize = 16_384

    let bytes: Int

    /// A table of `rows`, each with so many bytes of columns.
    ///
    /// The format (sqlite.org/fileformat.html): a cell has two or three bytes of lengths, the row's number and the record; what
    /// does not fit a page goes to pages of its own. A table that grows at its end has full pages, an index of chance text 72 %.
    init(rows: Int, payload: Int, isIndex: Bool = false, fill: Double = 1) {
        guard rows > 0 else {
            bytes = Self.pageSize
            return
        }
        let usable = Self.pageSize
        let record = payload + 3
        let most = isIndex ? (usable - 12) * 64 / 255 - 23 : usable - 35
        let least = (usable - 12) * 32 / 255 - 23
        var local = record
        var overflow = 0
        if record > most {
            let kept = least + (record - least) % (usable - 4)
            local = kept <= most ? kept : least
            overflow = (record - local + usable - 5) / (usable - 4)
        }
        let cell = local + (overflow > 0 ? 4 : 0) + 2 + (isIndex ? 0 : 3) + 2
        let perPage = max(1, Int(Double(usable - 8) * fill) / cell)
        let leaves = (rows + perPage - 1) / perPage
        // A page above the leaves points to more than a thousand of them.
        let inner = leaves / 1_200 + 1
        bytes = (leaves + inner + rows * overflow) * Self.pageSize
    }
}
