import IlkVectors
import Synchronization

/// Codes of an index's vectors, at the same ordinals: what walks read instead of them.
///
/// A store is made whole by ``VectorIndex/fitCodes(threads:)`` and put in the place of the one before; searches that
/// began with that one end with it.
@safe final class CodeStore: Sendable {
    let quantizer: ScalarQuantizer
    /// Live vectors there were when the quantizer was fitted.
    let fittedCount: Int
    private let space: AddressSpace
    let metric: Metric
    /// Squared error of what was clipped since, and of how many vectors.
    private let clipped = Mutex<(error: Double, count: Int)>((0, 0))

    init(_ quantizer: ScalarQuantizer, metric: Metric, capacity: Int, fittedCount: Int) throws(IndexError) {
        self.quantizer = quantizer
        self.metric = metric
        self.fittedCount = fittedCount
        let bytes = capacity * quantizer.stride
        guard let space = AddressSpace(byteCount: bytes) else { throw .noAddressSpace(bytes: bytes) }
        self.space = space
    }

    private var base: UnsafeMutablePointer<UInt8> { unsafe space.base.assumingMemoryBound(to: UInt8.self) }

    /// What a graph walk needs of this store, in registers.
    var measure: Measure { unsafe Measure(metric, codes: base, stride: quantizer.stride) }

    /// The squared Euclidean distance in codes, of any metric's.
    var euclideanMeasure: Measure { unsafe Measure(.l2, codes: base, stride: quantizer.stride) }

    /// Lends the codes of a query.
    func withEncoded<R>(_ query: UnsafePointer<Float>, _ body: (UnsafeRawPointer) -> R) -> R {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: quantizer.stride) { codes in
            unsafe quantizer.encode(query, to: codes.baseAddress!)
            return unsafe body(UnsafeRawPointer(codes.baseAddress!))
        }
    }

    /// The codes of a node's vector.
    func row(_ node: UInt32) -> UnsafeRawPointer { unsafe UnsafeRawPointer(base + Int(node) * quantizer.stride) }

    /// Writes the codes of a node's vector.
    func encode(_ row: UnsafePointer<Float>, at node: UInt32) {
        unsafe quantizer.encode(row, to: base + Int(node) * quantizer.stride)
    }

    /// The same for a vector that came after the quantizer was fitted: what it clips is counted.
    func encodeNewcomer(_ row: UnsafePointer<Float>, at node: UInt32) {
        let error = unsafe quantizer.encode(row, to: base + Int(node) * quantizer.stride)
        clipped.withLock { clipped in
            clipped.error += Double(error)
            clipped.count += 1
        }
    }

    /// Whether the vectors are other ones than the quantizer was fitted to: many times as many, or so far outside
    /// that clipping costs more than rounding does.
    func isOutgrown(by liveCount: Int) -> Bool {
        if liveCount >= 8 * fittedCount { return true }
        let rounding = Double(quantizer.dimension) * Double(quantizer.step) * Double(quantizer.step) / 12
        return clipped.withLock { $0.count >= 1_000 && $0.error > 4 * rounding * Double($0.count) }
    }
}

/// What a trial on the collection's own vectors says about its codes.
package struct CodeTrial: Sendable, Equatable {
    /// How many of the nearest by codes are measured again for ten to be returned.
    package var rescored: Int
    /// The share of the ten nearest that is among these.
    package var recall: Double

    /// Numbers of rescored candidates that are tried.
    static let widths = [12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 150, 200, 250, 300, 400, 500, 600, 800, 1_000, 1_200]

    init(rescored: Int, recall: Double) {
        self.rescored = rescored
        self.recall = recall
    }

    /// The least width of at most `limit` that loses fewer than `lost`.
    ///
    /// `ranks` are the places, from 0, of each query's ten nearest in the order of the codes.
    init(ranks: [Int], limit: Int = 100, lost: Double = 0.0005) {
        func share(_ width: Int) -> Double { Double(ranks.count { $0 < width }) / Double(max(ranks.count, 1)) }
        rescored = Self.widths.first { $0 < limit && share($0) >= 1 - lost } ?? limit
        recall = share(rescored)
    }

    /// How many are measured again for `k` to be returned.
    func rescored(for k: Int) -> Int { k * rescored / 10 + (rescored - 10) }
}
