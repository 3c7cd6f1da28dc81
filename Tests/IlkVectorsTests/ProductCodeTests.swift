import CIlkKernels
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Product codes` {
    static var count: Int {
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<ilk_product_kernels>?.self, capacity: 3) { sets in
            unsafe ilk_product_kernels_available(sets.baseAddress)
        }
    }

    private static func kernels(_ number: Int) -> UnsafePointer<ilk_product_kernels> {
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<ilk_product_kernels>?.self, capacity: 3) { sets in
            _ = unsafe ilk_product_kernels_available(sets.baseAddress)
            return unsafe sets[number]!
        }
    }

    private static func uniform(_ count: Int, seed: UInt64) -> [Float] {
        RandomVectors.uniform(1, dimension: count, seed: seed)[0]
    }

    @Test(arguments: 0..<count, [(2, 1), (18, 3), (128, 3), (1_024, 3)])
    func `every set of kernels chooses the nearest centroids`(set: Int, shape: (parts: Int, width: Int)) {
        let (parts, width) = shape
        let book = Self.uniform(parts * width * 16, seed: 1)
        let vector = Self.uniform(parts * width, seed: 2)
        var codes = [UInt8](repeating: 99, count: parts)
        unsafe Self.kernels(set).pointee.encode(vector, book, parts, width, &codes)
        for part in 0..<parts {
            let far = (0..<16).map { number in
                (part * width..<(part + 1) * width).reduce(0.0) { sum, i in
                    let difference = Double(vector[i]) - Double(book[i * 16 + number])
                    return sum + difference * difference
                }
            }
            #expect(far[Int(codes[part])] <= far.min()! + 1e-6)
        }
    }

    @Test(arguments: 0..<count, [2, 18, 128, 1_024])
    func `every set of kernels tabulates inner products within half a step, and no sum overflows`(
        set: Int, parts: Int
    ) {
        let book = Self.uniform(parts * 48, seed: 1)
        let query = Self.uniform(parts * 3, seed: 2)
        var products = [Float](repeating: 0, count: parts * 16)
        var table = [UInt8](repeating: 0, count: parts * 16)
        var (least, step): (Float, Float) = (0, 0)
        unsafe Self.kernels(set).pointee.tabulate(query, book, parts, 3, &products, &table, &least, &step)
        var lows = 0.0
        for part in 0..<parts {
            let exact = (0..<16).map { number in
                (3 * part..<3 * part + 3).reduce(0.0) { $0 - Double(query[$1]) * Double(book[$1 * 16 + number]) }
            }
            lows += exact.min()!
            for number in 0..<16 {
                let entry = Double(table[part * 16 + number]) * Double(step)
                #expect(abs(entry - (exact[number] - exact.min()!)) <= 0.51 * Double(step) + 1e-5)
            }
        }
        #expect(abs(Double(least) - lows) <= 1e-4 * Double(parts))
        let most = (0..<parts).reduce(0) { sum, part in sum + Int(table[part * 16..<part * 16 + 16].max()!) }
        #expect(most <= 65_535)
        #expect(table.allSatisfy { $0 <= 127 }, "two are added in a byte")
    }

    /// Whole numbers throughout, so that no order of additions matters.
    @Test(arguments: 0..<count, [(2, 1), (18, 3), (128, 7)])
    func `every set of kernels finds the same sums`(set: Int, shape: (parts: Int, blocks: Int)) {
        let (parts, blocks) = shape
        var random = SplitMix64(seed: 5)
        let table = (0..<parts * 16).map { _ in UInt8.random(in: 0...127, using: &random) }
        let codes = (0..<blocks * parts / 2 * 64).map { _ in UInt8.random(in: 0...255, using: &random) }
        var bias = (0..<blocks * 64).map { _ in Float(Int.random(in: -500...500, using: &random)) }
        bias[3] = .infinity
        let scale = (0..<blocks * 64).map { Float($0 % 3 + 1) }
        let sums = (0..<blocks * 64).map { place in
            (0..<parts / 2).reduce(0) { sum, pair in
                let code = Int(codes[(place / 64 * (parts / 2) + pair) * 64 + place % 64])
                return sum + Int(table[pair * 32 + (code & 15)])
                    + Int(table[pair * 32 + 16 + (code >> 4)])
            }
        }
        for bound in [Float(parts * 63), .infinity, -1e9] {
            var places = [UInt32](repeating: 0, count: blocks * 64 + 15)
            var distances = [Float](repeating: 0, count: blocks * 64 + 15)
            let found = unsafe Self.kernels(set).pointee.scan(
                table, codes, parts, blocks, scale, bias, 10, 7, 1, bound, &places, &distances)
            let all = sums.indices.map { 10 + scale[$0] * (7 + Float(sums[$0])) + bias[$0] }
            let wanted = all.indices.filter { all[$0] < bound }
            #expect(places.prefix(found).map { Int($0) } == wanted)
            #expect(distances.prefix(found).elementsEqual(wanted.map { all[$0] }))
        }
    }

    @Test func `a codebook gets nearer to its sample with every round`() {
        let vectors = RandomVectors.uniform(2_000, dimension: 31, seed: 3)
        let sample = Matrix(rows: 2_000, columns: 31, elements: vectors.flatMap { $0 })
        var quantizer = ProductQuantizer(of: sample, seed: 1)
        #expect(quantizer.parts == 12, "31 components are 11 parts of three, and one of padding")
        func error() -> Float {
            vectors.reduce(0) { sum, vector in
                var codes = [UInt8](repeating: 0, count: quantizer.parts)
                let padded = vector + [Float](repeating: 0, count: quantizer.paddedDimension - 31)
                unsafe quantizer.encode(padded, to: &codes)
                return sum
                    + (0..<31).reduce(0) { sum, i in
                        let difference = unsafe vector[i] - quantizer.value(i, codes)
                        return sum + difference * difference
                    }
            }
        }
        let first = error()
        for _ in 0..<5 { quantizer.improve(on: sample) }
        #expect(error() < 0.8 * first)
    }

    @Test func `a table ranks coded vectors nearly as their inner products do`() {
        let vectors = RandomVectors.uniform(640, dimension: 96, seed: 3)
        let sample = Matrix(rows: 640, columns: 96, elements: vectors.flatMap { $0 })
        var quantizer = ProductQuantizer(of: sample, seed: 1)
        for _ in 0..<8 { quantizer.improve(on: sample) }
        let query = RandomVectors.uniform(1, dimension: 96, seed: 4)[0]
        let table = unsafe quantizer.table(of: query)
        var codes = [UInt8](repeating: 0, count: 10 * quantizer.blockStride)
        for (place, vector) in vectors.enumerated() {
            var entry = [UInt8](repeating: 0, count: quantizer.parts)
            unsafe quantizer.encode(vector, to: &entry)
            for pair in 0..<quantizer.parts / 2 {
                codes[(place / 64 * (quantizer.parts / 2) + pair) * 64 + place % 64] =
                    entry[2 * pair] | entry[2 * pair + 1] << 4
            }
        }
        let (scale, bias) = ([Float](repeating: 1, count: 640), [Float](repeating: 0, count: 640))
        var places = [UInt32](repeating: 0, count: 655)
        var distances = [Float](repeating: 0, count: 655)
        let found = unsafe quantizer.scan(
            table, codes: codes, blocks: 10, scale: scale, bias: bias, base: 0, bound: .infinity, places: &places,
            distances: &distances)
        #expect(found == 640)
        let coded = places.prefix(found).indices.sorted { distances[$0] < distances[$1] }.prefix(64)
        let products = vectors.map { vector in zip(vector, query).reduce(0) { $0 + $1.0 * $1.1 } }
        let exact = vectors.indices.sorted { products[$0] > products[$1] }
        #expect(exact.prefix(10).filter { coded.contains($0) }.count >= 9)
    }
}
