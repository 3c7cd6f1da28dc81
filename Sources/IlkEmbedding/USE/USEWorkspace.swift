/// The buffers of one group of texts on its way through ``USEEncoder``, kept for the next group.
@safe final class USEWorkspace: Sendable {
    // SAFETY: allocated in init, freed in deinit; one group at a time has a workspace.
    /// `[rows, USEWeights.allWidth]`: a token's vector and what the convolutions make of it, side by side.
    nonisolated(unsafe) let tokens: UnsafeMutablePointer<Float>
    /// `[rows, 3 · USEWeights.width]`: the inputs of the convolutions.
    nonisolated(unsafe) let projected: UnsafeMutablePointer<Float>
    /// `[rows, USEWeights.width]`: input, first and second layer of one convolution.
    nonisolated(unsafe) let input: UnsafeMutablePointer<Float>
    nonisolated(unsafe) let hidden: UnsafeMutablePointer<Float>
    nonisolated(unsafe) let output: UnsafeMutablePointer<Float>
    /// `[texts, USEWeights.allWidth]`.
    nonisolated(unsafe) let sums: UnsafeMutablePointer<Float>
    /// `[texts, USEWeights.dimension]`, four of them for the layers on a text.
    nonisolated(unsafe) let text: UnsafeMutablePointer<Float>
    nonisolated(unsafe) let middle: UnsafeMutablePointer<Float>
    nonisolated(unsafe) let inside: UnsafeMutablePointer<Float>
    nonisolated(unsafe) let around: UnsafeMutablePointer<Float>

    /// For rows as integers.
    nonisolated(unsafe) let scratch: UnsafeMutableRawPointer

    private nonisolated(unsafe) let memory: UnsafeMutableBufferPointer<Float>

    init(rows: Int, texts: Int, scratch scratchBytes: Int) {
        let (all, width, dimension) = (USEWeights.allWidth, USEWeights.width, USEWeights.dimension)
        let sizes = [
            rows * all, rows * 3 * width, rows * width, rows * width, rows * width, texts * all, texts * dimension,
            texts * dimension, texts * dimension, texts * dimension, scratchBytes / MemoryLayout<Float>.stride + 1,
        ]
        unsafe memory = .allocate(capacity: sizes.reduce(0, +))
        unsafe memory.initialize(repeating: 0)
        var starts: [Int] = []
        var next = 0
        for size in sizes {
            starts.append(next)
            next += size
        }
        // SAFETY: there is room, because no size is zero.
        let base = unsafe memory.baseAddress!
        unsafe tokens = base + starts[0]
        unsafe projected = base + starts[1]
        unsafe input = base + starts[2]
        unsafe hidden = base + starts[3]
        unsafe output = base + starts[4]
        unsafe sums = base + starts[5]
        unsafe text = base + starts[6]
        unsafe middle = base + starts[7]
        unsafe inside = base + starts[8]
        unsafe around = base + starts[9]
        unsafe scratch = UnsafeMutableRawPointer(base + starts[10])
    }

    deinit { unsafe memory.deallocate() }
}
