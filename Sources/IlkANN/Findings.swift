import IlkVectors

/// What an index has found out about its vectors: with it a start measures nothing anew.
struct Findings: Sendable {
    /// Centroids, codebook and the list of each vector; the entries follow from these and the vectors.
    struct Lists: Sendable {
        var centroids: Matrix
        var mean: [Float]
        var codebook: [Float]
        /// Of each slot; the largest number for none.
        var listOf: [UInt32]
        var trial: CodeTrial
        var fittedCount: Int
        var added: Int
    }

    /// Live vectors when the codes were chosen; 0 before.
    var chosenAt = 0
    var trial: CodeTrial?
    var quantizer: ScalarQuantizer?
    var graphCurve: RecallCurve?
    var listCurve: RecallCurve?
    /// Live vectors when it was decided whether lists are of use; 0 before.
    var decidedAt = 0
    /// Those in use.
    var lists: Lists?
}

extension Findings {
    /// The bytes of a checkpoint's section: ``CheckpointFormat`` says which.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ trial: CodeTrial?) {
            bytes.append(littleEndian: UInt64(trial?.rescored ?? 0))
            bytes.append(littleEndian: trial?.recall.bitPattern ?? 0)
        }
        bytes.append(littleEndian: UInt64(chosenAt))
        append(trial)
        bytes.append(littleEndian: UInt64(quantizer?.dimension ?? 0))
        if let quantizer {
            bytes.append(littleEndian: [quantizer.step] + quantizer.low)
        }
        for curve in [graphCurve, listCurve] {
            bytes.append(littleEndian: UInt64(curve?.count ?? 0))
            for rung in curve?.rungs ?? [] {
                bytes.append(littleEndian: UInt64(rung.searches))
                bytes.append(littleEndian: rung.sum.bitPattern)
                bytes.append(littleEndian: rung.sumOfSquares.bitPattern)
            }
        }
        bytes.append(littleEndian: UInt64(decidedAt))
        bytes.append(littleEndian: UInt64(lists?.centroids.rows ?? 0))
        guard let lists else { return bytes }
        append(lists.trial)
        bytes.append(littleEndian: UInt64(lists.fittedCount))
        bytes.append(littleEndian: UInt64(lists.added))
        bytes.append(littleEndian: UInt64(lists.listOf.count))
        for floats in [lists.centroids.elements, lists.mean, lists.codebook] { bytes.append(littleEndian: floats) }
        bytes.append(littleEndian: lists.listOf)
        return bytes
    }

    /// What bytes say; nil where they cannot be an index's of this dimension and metric.
    init?(_ bytes: [UInt8], dimension: Int, metric: Metric) {
        var cursor = Cursor(bytes: bytes)
        guard let chosenAt = cursor.count(), let trial = cursor.trial(), let coded = cursor.count() else { return nil }
        self.chosenAt = chosenAt
        guard trial?.rescored ?? 0 <= 100 else { return nil }
        self.trial = trial
        if coded > 0 {
            guard coded == dimension, chosenAt > 0, self.trial?.rescored ?? 0 >= 10,
                let floats = cursor.floats(dimension + 1), floats[0] >= .leastNormalMagnitude
            else { return nil }
            quantizer = ScalarQuantizer(low: Array(floats[1...]), step: floats[0], metric: metric)
        }
        guard let graph = cursor.curve(), let listed = cursor.curve(), let decided = cursor.count(),
            let count = cursor.count()
        else { return nil }
        (graphCurve, listCurve, decidedAt) = (graph, listed, decided)
        if count > 0 {
            guard quantizer != nil, let lists = cursor.lists(count, dimension: dimension) else { return nil }
            self.lists = lists
        }
        guard cursor.isAtEnd else { return nil }
    }

    /// Reads numbers one after the other; nil where there are too few bytes, or the number is not to be believed.
    private struct Cursor {
        let bytes: [UInt8]
        private var place = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { place == bytes.count }

        mutating func number() -> UInt64? {
            guard bytes.count - place >= 8 else { return nil }
            defer { place += 8 }
            return bytes[place..<place + 8].littleEndian(UInt64.self)
        }

        mutating func words(_ count: Int) -> [UInt32]? {
            guard count <= (bytes.count - place) / 4 else { return nil }
            defer { place += 4 * count }
            return bytes[place..<place + 4 * count].littleEndianWords
        }

        mutating func count() -> Int? {
            guard let number = number(), number <= 1 << 40 else { return nil }
            return Int(number)
        }

        mutating func floats(_ count: Int) -> [Float]? {
            guard let floats = words(count)?.map({ Float(bitPattern: $0) }), floats.allSatisfy(\.isFinite) else {
                return nil
            }
            return floats
        }

        /// A trial, or that there was none.
        mutating func trial() -> CodeTrial?? {
            guard let rescored = count(), let bits = number() else { return nil }
            let recall = Double(bitPattern: bits)
            guard rescored <= 1 << 20, recall >= 0, recall <= 1 else { return nil }
            return rescored == 0 ? .some(nil) : CodeTrial(rescored: rescored, recall: recall)
        }

        /// A curve, or that there was none.
        mutating func curve() -> RecallCurve?? {
            guard let count = count() else { return nil }
            guard count > 0 else { return .some(nil) }
            var curve = RecallCurve(count: count)
            for rung in curve.rungs.indices {
                guard let searches = self.count(), let sum = number(), let squares = number(),
                    curve.restore(
                        rung, searches: searches, sum: Double(bitPattern: sum),
                        sumOfSquares: Double(bitPattern: squares))
                else { return nil }
            }
            return curve
        }

        mutating func lists(_ count: Int, dimension: Int) -> Lists? {
            let parts = ProductQuantizer.parts(dimension: dimension)
            guard let trial = trial(), let trial, let fitted = self.count(), let added = self.count(),
                let slots = self.count(), count <= 1 << 24, let centroids = floats(count * dimension),
                let mean = floats(dimension),
                let book = floats(parts * ProductQuantizer.width * ProductQuantizer.centroids),
                let listOf = words(slots), fitted > 0, listOf.allSatisfy({ $0 == .max || $0 < count })
            else { return nil }
            return Lists(
                centroids: Matrix(rows: count, columns: dimension, elements: centroids), mean: mean, codebook: book,
                listOf: listOf, trial: trial, fittedCount: fitted, added: added)
        }
    }
}
