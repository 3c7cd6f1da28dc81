import IlkVectors
import Synchronization

/// Makes inverted lists a slice at a time, so that a writer may come between.
///
/// The partition is k-means on a sample, by codes; then the parts' codebook is fitted to what a sample has beside its
/// centroids; then each vector gets its cell and each cell its list. A slice takes some 50 ms.
struct ListBuilder: Sendable {
    struct Finished {
        var lists: InvertedLists
        /// The vectors that are listed, and the list of each.
        var nodes: [UInt32]
        var cells: [UInt32]
    }

    private enum Phase { case clustering, coding, assigning, filling }

    /// Vectors that were there when the work began.
    let nodes: [UInt32]
    /// Those that the centroids are fitted to.
    private let sample: [UInt32]
    private let mean: [Float]
    private let codes: CodeStore
    private var random: SplitMix64
    private var phase = Phase.clustering
    private var round = 0
    private var partition: Partition
    private var quantizer: ProductQuantizer?
    private var residuals = Matrix(rows: 0, columns: 0, elements: [])
    /// The cells of the first of the sample, then of the nodes.
    private var cells: [UInt32] = []
    private var members: [[UInt32]] = []
    private var lists: [InvertedList] = []
    private var trial: CodeTrial?
    private var fittedCount: Int

    /// Vectors to a list: with half or twice as many, 200,000 hard vectors took a tenth longer to search.
    static let listLength = 400
    private static let sampledByList = 64
    private static let clusteringRounds = 8
    private static let codingRounds = 12
    private static let codingSample = 8_192

    /// Whether nothing is fitted to a node, as to one in eight: the recall of a search for its vector is that of one from outside.
    static func isHeldOut(_ node: UInt32) -> Bool { (node &* 2_654_435_761) >> 29 == 0 }

    /// - Throws: where the system has no address space for the centroids' codes.
    init(_ index: VectorIndex, codes: CodeStore, nodes: [UInt32], seed: UInt64) throws(IndexError) {
        self.nodes = nodes
        self.codes = codes
        fittedCount = nodes.count
        random = SplitMix64(seed: seed)
        let listCount = max(1, nodes.count / Self.listLength)
        let others = nodes.filter { !Self.isHeldOut($0) }
        let fitted = others.isEmpty ? nodes : others
        let sampled = min(fitted.count, listCount * Self.sampledByList)
        sample = (0..<sampled).map { fitted[$0 * fitted.count / sampled] }
        let rows = (0..<listCount).map { [sample] in sample[$0 * sample.count / listCount] }
        let first = index.rows(rows)
        mean = first.columnMeans()
        partition = try Partition(first, in: codes.quantizer, metric: index.metric)
    }

    /// Makes the entries of lists that were found out before, of the vectors that are still there.
    init(restoring found: Findings.Lists, codes: CodeStore, where isLive: (UInt32) -> Bool) throws(IndexError) {
        self.codes = codes
        mean = found.mean
        random = SplitMix64(seed: 0)
        sample = []
        partition = try Partition(found.centroids, in: codes.quantizer, metric: codes.metric)
        quantizer = ProductQuantizer(codebook: found.codebook, dimension: found.mean.count)
        trial = found.trial
        fittedCount = found.fittedCount
        nodes = found.listOf.indices.map { UInt32($0) }.filter { found.listOf[Int($0)] != .max && isLive($0) }
        cells = nodes.map { found.listOf[Int($0)] }
        beginFilling()
    }

    /// Does some of the work.
    ///
    /// - Returns: the lists, once they are made.
    mutating func step(_ index: VectorIndex, threads: Int) throws(IndexError) -> Finished? {
        switch phase {
        case .clustering:
            assign(sample, threads)
            guard cells.count == sample.count else { return nil }
            try moveCentroids(index)
            round += 1
            if round == Self.clusteringRounds { beginCoding(index) }
        case .coding:
            quantizer?.improve(on: residuals)
            round += 1
            guard round == Self.codingRounds else { return nil }
            cells = []
            phase = .assigning
        case .assigning:
            assign(nodes, threads)
            guard cells.count == nodes.count else { return nil }
            beginFilling()
        case .filling:
            let made = made
            fill(index, made, threads)
            guard lists.count == partition.count else { return nil }
            let whole = made.with(lists)
            let trial = trial ?? index.trial(of: whole, codes, nodes, threads: threads)
            return Finished(lists: whole.with(trial: trial), nodes: nodes, cells: cells)
        }
        return nil
    }

    private var made: InvertedLists {
        guard let quantizer else { preconditionFailure("lists are filled before there is a codebook") }
        return InvertedLists(
            [], partition: partition, quantizer: quantizer, mean: mean, metric: codes.metric,
            fittedCount: fittedCount, trial: CodeTrial(rescored: 10, recall: 0))
    }

    /// Finds the cells of some more of `all`.
    private mutating func assign(_ all: [UInt32], _ threads: Int) {
        let lines = codes.quantizer.stride / 64 + 2
        let slice = max(64, 40_000_000 * threads / (partition.count * lines))
        let range = cells.count..<min(cells.count + slice, all.count)
        let next = Atomic<Int>(range.lowerBound)
        let found = Mutex([UInt32](repeating: 0, count: range.count))
        Workers.run(threads) { [partition, codes] _ in
            unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: partition.count) { distances in
                while true {
                    let first = next.add(64, ordering: .relaxed).oldValue
                    guard first < range.upperBound else { return }
                    let cells = (first..<min(first + 64, range.upperBound)).map { place in
                        unsafe UInt32(partition.cell(of: codes.row(all[place]), distances.baseAddress!))
                    }
                    found.withLock { found in
                        for (place, cell) in cells.enumerated() { found[first - range.lowerBound + place] = cell }
                    }
                }
            }
        }
        cells += found.withLock { $0 }
    }

    /// Puts each centroid where the mean of its cell is, and an empty cell's where some vector is.
    private mutating func moveCentroids(_ index: VectorIndex) throws(IndexError) {
        let dimension = index.dimension
        var sums = [Float](repeating: 0, count: partition.count * dimension)
        var counts = [Int](repeating: 0, count: partition.count)
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            for (node, cell) in zip(sample, cells) {
                let row = unsafe index.store.row(node)
                counts[Int(cell)] += 1
                for i in 0..<dimension { unsafe sums[Int(cell) * dimension + i] += row[i] }
            }
            for cell in 0..<counts.count {
                let row = unsafe index.store.row(sample[Int(random.next() % UInt64(sample.count))])
                for i in 0..<dimension {
                    unsafe sums[cell * dimension + i] =
                        counts[cell] == 0 ? row[i] : sums[cell * dimension + i] / Float(counts[cell])
                }
            }
        }
        let centroids = Matrix(rows: partition.count, columns: dimension, elements: sums)
        partition = try Partition(centroids, in: codes.quantizer, metric: codes.metric)
        // The cells of the last round are those that the codebook's sample is taken in.
        if round + 1 < Self.clusteringRounds { cells = [] }
    }

    /// Begins a codebook of what some vectors have beside their centroids.
    private mutating func beginCoding(_ index: VectorIndex) {
        let rows = min(sample.count, Self.codingSample)
        let dimension = index.dimension
        var elements: [Float] = []
        elements.reserveCapacity(rows * dimension)
        for row in 0..<rows {
            let place = row * sample.count / rows
            let vector = unsafe index.store.row(sample[place])
            let centroid = Int(cells[place]) * dimension
            for i in 0..<dimension { unsafe elements.append(vector[i] - partition.centroids.elements[centroid + i]) }
        }
        residuals = Matrix(rows: rows, columns: dimension, elements: elements)
        quantizer = ProductQuantizer(of: residuals, seed: random.next())
        phase = .coding
        round = 0
    }

    private mutating func beginFilling() {
        members = Array(repeating: [], count: partition.count)
        for (node, cell) in zip(nodes, cells) { members[Int(cell)].append(node) }
        phase = .filling
    }

    /// Makes some more of the lists.
    private mutating func fill(_ index: VectorIndex, _ made: InvertedLists, _ threads: Int) {
        let range = lists.count..<min(lists.count + 16 * threads, partition.count)
        let next = Atomic<Int>(range.lowerBound)
        let filled = Mutex([Int: InvertedList]())
        Workers.run(threads) { [members] _ in
            while true {
                let cell = next.add(1, ordering: .relaxed).oldValue
                guard cell < range.upperBound else { return }
                let list = InvertedList(count: members[cell].count, of: made.quantizer)
                made.write(members[cell], of: index.store, to: list, number: cell, places: 0...)
                filled.withLock { $0[cell] = list }
            }
        }
        filled.withLock { filled in lists += range.compactMap { filled[$0] } }
    }
}

extension InvertedLists {
    /// Writes the entries of nodes at places of a list that nobody sees yet.
    func write(
        _ nodes: [UInt32], of store: VectorStore, to list: InvertedList, number: Int, places: some Sequence<Int>
    ) {
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: quantizer.paddedDimension) { residual in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: quantizer.parts) { codes in
                for (node, place) in zip(nodes, places) {
                    let (scale, bias) = unsafe encode(
                        store.row(node), in: number, residual: residual.baseAddress!, to: codes.baseAddress!)
                    unsafe list.write(
                        node, codes.baseAddress!, parts: quantizer.parts, scale: scale, bias: bias, at: place)
                }
            }
        }
    }
}
