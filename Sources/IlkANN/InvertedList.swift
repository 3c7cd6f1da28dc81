import IlkVectors

/// Vectors of one cell of a partition as product codes, in blocks that are scanned from registers.
///
/// A list is filled by who makes it and does not change once searches see it: an entry that was removed, or moved to another
/// list, stays until a list in its place is made.
@safe final class InvertedList: Sendable {
    /// Places that are used, of entries and of what they left.
    let count: Int
    let blocks: Int
    // SAFETY: allocated in init, freed in deinit, and not written to after the list was published.
    nonisolated(unsafe) let codes: UnsafeMutablePointer<UInt8>
    /// What an entry's inner product with a query is multiplied with.
    nonisolated(unsafe) let scale: UnsafeMutablePointer<Float>
    /// What a place's distance has beside the query's and the centroid's; infinite where there is no entry.
    nonisolated(unsafe) let bias: UnsafeMutablePointer<Float>
    nonisolated(unsafe) let nodes: UnsafeMutablePointer<UInt32>
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    let byteCount: Int

    /// A list of so many places, all empty but those that `old` has.
    init(count: Int, of quantizer: ProductQuantizer, extending old: InvertedList? = nil) {
        self.count = count
        blocks = (count + ProductQuantizer.block - 1) / ProductQuantizer.block
        let codeBytes = blocks * quantizer.blockStride
        let places = blocks * ProductQuantizer.block
        byteCount = codeBytes + 12 * places
        unsafe memory = .allocate(byteCount: max(byteCount, 64), alignment: 64)
        unsafe codes = memory.bindMemory(to: UInt8.self, capacity: codeBytes)
        unsafe scale = (memory + codeBytes + 8 * places).bindMemory(to: Float.self, capacity: places)
        unsafe bias = (memory + codeBytes).bindMemory(to: Float.self, capacity: places)
        unsafe nodes = (memory + codeBytes + 4 * places).bindMemory(to: UInt32.self, capacity: places)
        let kept = old.map { ($0.blocks * quantizer.blockStride, $0.blocks * ProductQuantizer.block) } ?? (0, 0)
        if let old {
            unsafe codes.update(from: old.codes, count: kept.0)
            unsafe scale.update(from: old.scale, count: kept.1)
            unsafe bias.update(from: old.bias, count: kept.1)
            unsafe nodes.update(from: old.nodes, count: kept.1)
        }
        unsafe (codes + kept.0).initialize(repeating: 0, count: codeBytes - kept.0)
        unsafe (scale + kept.1).initialize(repeating: 1, count: places - kept.1)
        unsafe (bias + kept.1).initialize(repeating: .infinity, count: places - kept.1)
        unsafe (nodes + kept.1).initialize(repeating: 0, count: places - kept.1)
    }

    deinit { unsafe memory.deallocate() }

    /// Makes an entry of the codes of a vector, a byte for each part.
    func write(_ node: UInt32, _ entry: UnsafePointer<UInt8>, parts: Int, scale: Float, bias: Float, at place: Int) {
        let block = ProductQuantizer.block
        let first = place / block * (parts / 2) * block + place % block
        for pair in 0..<parts / 2 {
            unsafe codes[first + pair * block] = entry[2 * pair] | entry[2 * pair + 1] << 4
        }
        unsafe self.scale[place] = scale
        unsafe self.bias[place] = bias
        unsafe nodes[place] = node
    }

    /// Takes an entry out.
    func clear(_ place: Int) { unsafe bias[place] = .infinity }

    func isVacant(_ place: Int) -> Bool { unsafe bias[place] == .infinity }
}
