package import IlkVectors
import Synchronization

extension VectorIndex {
    /// Below it every search is a scan.
    static let leastCodedCount = 1_000
    /// Rows of floats that are not longer than a row of codes, or hardly.
    private static let leastCodedDimension = 32
    /// `auto` takes codes only where rescoring finds as much of the ten nearest.
    private static let leastRecall = 0.998

    /// What walks measure: codes where there are, else the vectors.
    var walkMeasure: Measure { choice.withLock { $0.codes }?.measure ?? store.measure }

    /// What walks measure, and what `auto` found out.
    package var storageInUse: (storage: VectorStorage, trial: CodeTrial?) {
        choice.withLock { ($0.codes == nil ? .f32 : .u8, $0.trial) }
    }

    /// Makes codes, or makes them anew, where the storage asks for them and there are vectors enough.
    func fitCodesIfNeeded(threads: Int) {
        guard storage != .f32, count >= Self.leastCodedCount else { return }
        guard storage == .u8 || dimension >= Self.leastCodedDimension else { return }
        let (codes, chosenAt) = choice.withLock { ($0.codes, $0.count) }
        if chosenAt > 0, !(codes?.isOutgrown(by: count) ?? (count >= 8 * chosenAt)) { return }
        fitCodes(threads: threads)
    }

    /// Fits a quantizer to the present vectors, writes the codes of all, and lets walks use them.
    private func fitCodes(threads: Int) {
        let live = liveOrdinals().map(\.rawValue)
        var new = CodeChoice(count: live.count)
        if let quantizer = ScalarQuantizer.fit(sample(of: live), metric: metric),
            let codes = codes(quantizer, fittedCount: live.count, threads: threads)
        {
            let trial = trial(of: codes, live, threads: threads)
            new.trial = trial
            if storage == .u8 || trial.recall >= Self.leastRecall { new.codes = codes }
        }
        choice.withLock { $0 = new }
    }

    /// The codes of all vectors; nil where the system has no address space for them.
    func codes(_ quantizer: ScalarQuantizer, fittedCount: Int, threads: Int) -> CodeStore? {
        let codes = try? CodeStore(quantizer, metric: metric, capacity: capacity, fittedCount: fittedCount)
        guard let codes else { return nil }
        let end = states.end
        let next = Atomic<Int>(0)
        Workers.run(threads) { _ in
            while true {
                let first = next.add(4_096, ordering: .relaxed).oldValue
                guard first < end else { return }
                for node in UInt32(first)..<UInt32(min(first + 4_096, end)) where states[node] != .vacant {
                    unsafe codes.encode(store.row(node), at: node)
                }
            }
        }
        return codes
    }

    /// At most 4,096 of the vectors, evenly spaced.
    private func sample(of live: [UInt32]) -> Matrix {
        let rows = min(live.count, 4_096)
        return self.rows((0..<rows).map { live[$0 * live.count / rows] })
    }

    /// The vectors of some nodes.
    func rows(_ nodes: [UInt32]) -> Matrix {
        var elements: [Float] = []
        elements.reserveCapacity(nodes.count * dimension)
        for node in nodes {
            unsafe elements.append(contentsOf: UnsafeBufferPointer(start: store.row(node), count: dimension))
        }
        return Matrix(rows: nodes.count, columns: dimension, elements: elements)
    }

    /// Where the ten nearest of some of the vectors are in the order of the codes, among at most 50,000 others.
    private func trial(of codes: CodeStore, _ live: [UInt32], threads: Int) -> CodeTrial {
        let others = min(live.count, 50_000)
        let nodes = (0..<others).map { live[$0 * live.count / others] }
        let queries = (0..<64).map { nodes[($0 * 2 + 1) * nodes.count / 128] }
        let vectors = { @Sendable in self.store.measure }
        let truth = nearest(to: queries, among: nodes, by: vectors, limit: 10, threads: threads)
        let coded = nearest(to: queries, among: nodes, by: { codes.measure }, limit: 100, threads: threads)
        let ranks = zip(truth, coded).flatMap { truth, coded in
            truth.map { near in coded.firstIndex { $0.ordinal == near.ordinal } ?? .max }
        }
        return CodeTrial(ranks: ranks)
    }
}
