import Glibc
import IlkVectors
import Synchronization

/// Memory for one thread's share of a forward pass, so that no layer allocates.
@safe final class EncoderWorkspace: Sendable {
    /// Where the arrays lie, in floats.
    struct Layout: Sendable {
        /// Tokens that go through the layers together: more than one text may have, unless a text may have more.
        let tokens: Int
        /// Rows that a thread takes through a layer's linear parts at a time.
        let rows: Int
        /// Floats from row to row: components in whole panels of 16.
        let hidden: Int
        let attention: Int
        let scratchBytes: Int
        let attentionScratch: Int

        init(_ configuration: EncoderConfiguration, layers: [BERTWeights.Layer]) {
            tokens = max(Self.groupTokens, configuration.maximumTokens)
            rows = Self.chunkRows
            hidden = (configuration.hidden + 15) / 16 * 16
            attention = layers.map(\.attentionInput.outputStride).max() ?? 0
            let rows = rows
            scratchBytes =
                layers.flatMap { layer in
                    layer.matrices.map { $0.scratchBytes(rows: rows) }
                        + [layer.intermediate.scratchBytes(rows: rows, then: layer.output)]
                }.max() ?? 0
            attentionScratch = EncoderKernels.attentionScratch(
                tokens: configuration.maximumTokens, headSize: configuration.hidden / configuration.heads)
        }

        /// Tokens of a group of texts.
        ///
        /// Enough for every panel of weights to be used many times, few enough to stay in the second cache; 48, 96 and
        /// 192 were measured alike within 3 %.
        static let groupTokens = 48
        static let chunkRows = 48

        fileprivate var sizes: [Int] {
            [
                tokens * hidden, tokens * attention, tokens * hidden, rows * hidden,
                (scratchBytes + 3) / 4, attentionScratch,
            ].map { ($0 + 15) / 16 * 16 }
        }
    }

    // SAFETY: places in `memory`; one thread uses a workspace at a time, but for the first three, of which tasks of one
    // phase write different rows.
    /// `[tokens, hidden]`: what goes from layer to layer.
    nonisolated(unsafe) let states: UnsafeMutablePointer<Float>
    /// `[tokens, attention]`: queries, keys and values.
    nonisolated(unsafe) let projections: UnsafeMutablePointer<Float>
    /// `[tokens, hidden]`: what the heads gathered.
    nonisolated(unsafe) let context: UnsafeMutablePointer<Float>
    /// `[rows, hidden]`: what a layer adds.
    nonisolated(unsafe) let delta: UnsafeMutablePointer<Float>
    nonisolated(unsafe) let scratch: UnsafeMutableRawPointer
    nonisolated(unsafe) let attentionScratch: UnsafeMutablePointer<Float>
    private let memory: AddressSpace

    init?(_ layout: Layout) {
        let sizes = layout.sizes
        guard let memory = AddressSpace(byteCount: sizes.reduce(0, +) * MemoryLayout<Float>.stride) else { return nil }
        self.memory = memory
        var starts: [Int] = [0]
        for size in sizes { starts.append(starts[starts.count - 1] + size) }
        let base = unsafe memory.base.bindMemory(to: Float.self, capacity: starts[sizes.count])
        unsafe states = base + starts[0]
        unsafe projections = base + starts[1]
        unsafe context = base + starts[2]
        unsafe delta = base + starts[3]
        unsafe scratch = UnsafeMutableRawPointer(base + starts[4])
        unsafe attentionScratch = base + starts[5]
    }
}

/// Workspaces between calls; a few are kept, the others go.
final class WorkspacePool: Sendable {
    private let layout: EncoderWorkspace.Layout
    private let idle = Mutex<[EncoderWorkspace]>([])
    private static let kept = 2 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    init(_ layout: EncoderWorkspace.Layout) { self.layout = layout }

    /// So many workspaces, or fewer where the system has no more address space, but at least one.
    func take(_ count: Int) -> [EncoderWorkspace] {
        var taken = idle.withLock { idle in
            let taken = Array(idle.suffix(count))
            idle.removeLast(taken.count)
            return taken
        }
        while taken.count < count, let workspace = EncoderWorkspace(layout) { taken.append(workspace) }
        precondition(!taken.isEmpty, "no memory for an encoder's workspace")
        return taken
    }

    func giveBack(_ workspaces: [EncoderWorkspace]) {
        idle.withLock { idle in idle += workspaces.prefix(max(0, Self.kept - idle.count)) }
    }
}
