import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Codes of a byte a component` {
    private func matrix(_ rows: [[Float]]) -> Matrix {
        Matrix(rows: rows.count, columns: rows[0].count, elements: rows.flatMap { $0 })
    }

    private func codes(_ vector: [Float], _ quantizer: ScalarQuantizer) -> (codes: [UInt8], clipped: Float) {
        var codes = [UInt8](repeating: 255, count: quantizer.stride)
        let clipped = unsafe quantizer.encode(vector, to: &codes)
        return (codes, clipped)
    }

    private func squared(_ a: [UInt8], _ b: [UInt8]) -> Float {
        Float(zip(a, b).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) })
    }

    @Test(arguments: [1, 50, 64, 100])
    func `differences of codes are those of the vectors, in steps`(dimension: Int) throws {
        let rows = RandomVectors.uniform(300, dimension: dimension, seed: 11)
        let quantizer = try #require(ScalarQuantizer.fit(matrix(rows), metric: .l2))
        for pair in 0..<100 {
            let (a, b) = (rows[2 * pair], rows[2 * pair + 1])
            let distance = zip(a, b).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            let coded = squared(codes(a, quantizer).codes, codes(b, quantizer).codes).squareRoot() * quantizer.step
            // Each component of each of the two is off by half a step at most.
            #expect(abs(coded - distance) <= Float(dimension).squareRoot() * quantizer.step)
        }
    }

    @Test func `a row is a whole number of cache lines, and what fills it measures nothing`() throws {
        let rows = RandomVectors.uniform(50, dimension: 70, seed: 3)
        for metric in Metric.allCases {
            let quantizer = try #require(ScalarQuantizer.fit(matrix(rows), metric: metric))
            #expect(quantizer.stride == 128)
            let rest = codes(rows[0], quantizer).codes[70...]
            #expect(rest.allSatisfy { $0 == (metric == .dot ? 64 : 0) })
            #expect(codes(rows[0], quantizer).codes.allSatisfy { $0 <= 127 })
        }
    }

    @Test func `bytes keep their order to one in two`() throws {
        var random = SplitMix64(seed: 5)
        let rows = (0..<500).map { _ in (0..<8).map { _ in Float(random.next() % 256) } }
        let quantizer = try #require(ScalarQuantizer.fit(matrix(rows), metric: .l2))
        #expect(quantizer.step < 2.1)
    }

    @Test func `one vector that stands out does not cost the others their codes`() throws {
        var rows = RandomVectors.uniform(2_000, dimension: 16, seed: 9)
        let alone = try #require(ScalarQuantizer.fit(matrix(rows), metric: .l2))
        rows[7][3] = 1_000
        let beside = try #require(ScalarQuantizer.fit(matrix(rows), metric: .l2))
        #expect(beside.step > alone.step)
        #expect(beside.step < 40 * alone.step, "clipping one component costs less than steps of 1,000 / 127")
        #expect(codes(rows[7], beside).clipped > 0)
        #expect(codes(rows[8], beside).clipped < 1e-3)
    }

    @Test func `vectors that are all equal, or too far apart for a float, have no codes`() {
        #expect(ScalarQuantizer.fit(matrix([[1, 2], [1, 2]]), metric: .l2) == nil)
        #expect(ScalarQuantizer.fit(matrix([[3e38, 0], [-3e38, 0]]), metric: .l2) == nil)
        #expect(ScalarQuantizer.fit(matrix([[0, 0]]), metric: .dot) == nil)
    }

    @Test func `a vector outside the sample is clipped and says by how much`() throws {
        let quantizer = try #require(
            ScalarQuantizer.fit(matrix(RandomVectors.uniform(100, dimension: 4, seed: 1)), metric: .l2))
        let (codes, clipped) = codes([1e30, -1e30, 0, 0], quantizer)
        #expect(codes[0] == 127 && codes[1] == 0)
        #expect(clipped > 1e20)
    }
}
