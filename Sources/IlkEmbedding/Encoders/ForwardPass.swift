import IlkVectors

/// One group of texts on its way through an encoder, by one thread or several.
///
/// Two phases a layer: the attention of each text, by heads; then everything that looks at one token only, by chunks of
/// rows, up to the next layer's queries, keys and values.
@safe struct ForwardPass: Sendable {
    private let encoder: BERTEncoder
    private let texts: [Text]
    private let workspaces: [EncoderWorkspace]
    private let threads: Int
    /// The first row of each chunk, and the number of rows.
    private let chunks: [Int]
    /// In how many parts the heads are dealt out.
    private let headParts: Int
    // SAFETY: the batch's ids, which outlive the pass.
    private nonisolated(unsafe) let ids: UnsafeBufferPointer<Int32>

    init(
        _ encoder: BERTEncoder, _ texts: [Text], ids: UnsafeBufferPointer<Int32>, threads: Int,
        workspaces: [EncoderWorkspace]
    ) {
        self.encoder = encoder
        self.texts = texts
        self.workspaces = workspaces
        unsafe self.ids = ids
        let rows = texts.last.map { $0.row + $0.count } ?? 0
        // One thread has nothing to share; rows that fill no register tile are not worth another thread.
        self.threads = max(1, min(threads, rows / 4))
        let needed = (rows + encoder.layout.rows - 1) / encoder.layout.rows
        let count = (max(needed, self.threads) + self.threads - 1) / self.threads * self.threads
        chunks = (0...count).map { $0 * rows / count }
        headParts = self.threads == 1 ? 1 : encoder.configuration.heads
    }

    /// Takes the group through all layers and writes each text's pooled vector into its row of `output`.
    func run(to output: UnsafeMutablePointer<Float>) {
        let chunkCount = chunks.count - 1
        var counts = [chunkCount]
        for _ in encoder.weights.layers { counts += [texts.count * headParts, chunkCount] }
        PhasedWork.run(threads: threads, counts: counts) { phase, task, member in
            let layer = (phase - 1) / 2
            if phase == 0 {
                embed(rows(of: task))
                project(rows(of: task), layer: 0, member: member)
            } else if phase % 2 == 1 {
                attend(texts[task / headParts], part: task % headParts, member: member)
            } else {
                transform(rows(of: task), layer: layer, member: member)
                project(rows(of: task), layer: layer + 1, member: member)
            }
        }
        for text in texts { unsafe pool(text, to: output + text.number * encoder.dimension) }
    }

    private var shared: EncoderWorkspace { workspaces[0] }

    private func rows(of chunk: Int) -> Range<Int> { chunks[chunk]..<chunks[chunk + 1] }

    /// Word, position and token type, normalised.
    private func embed(_ rows: Range<Int>) {
        let weights = encoder.weights
        let hidden = encoder.dimension
        let stride = encoder.layout.hidden
        let offset = encoder.configuration.positionOffset
        for text in texts where text.row < rows.upperBound && text.row + text.count > rows.lowerBound {
            for row in rows.clamped(to: text.row..<text.row + text.count) {
                let place = row - text.row
                let id = unsafe Int(ids[text.start + place])
                let state = unsafe shared.states + row * stride
                unsafe weights.words.copy(row: id >= 0 && id < weights.words.rows ? id : 0, to: state)
                unsafe weights.positions.withUnsafeBufferPointer { positions in
                    unsafe weights.norm.apply(
                        state, stride: stride, adding: positions.baseAddress! + (place + offset) * hidden,
                        deltaStride: hidden, rows: 1)
                }
            }
        }
    }

    /// Queries, keys and values of a layer; none past the last.
    private func project(_ rows: Range<Int>, layer: Int, member: Int) {
        guard layer < encoder.weights.layers.count else { return }
        let layout = encoder.layout
        unsafe encoder.weights.layers[layer].attentionInput.apply(
            shared.states + rows.lowerBound * layout.hidden, stride: layout.hidden, rows: rows.count,
            to: shared.projections + rows.lowerBound * layout.attention, stride: layout.attention,
            scratch: workspaces[member].scratch)
    }

    /// Some heads of one text.
    private func attend(_ text: Text, part: Int, member: Int) {
        let layout = encoder.layout
        let heads = encoder.configuration.heads
        let hidden = encoder.dimension
        let size = hidden / heads
        let scale = 1 / Float(size).squareRoot()
        let projections = unsafe shared.projections + text.row * layout.attention
        let context = unsafe shared.context + text.row * layout.hidden
        for head in part * heads / headParts..<(part + 1) * heads / headParts {
            let query = unsafe projections + head * size
            unsafe EncoderKernels.attention(
                query, query + hidden, query + 2 * hidden, stride: layout.attention, tokens: text.count,
                headSize: size, scale: scale, scratch: workspaces[member].attentionScratch,
                to: context + head * size, stride: layout.hidden)
        }
    }

    /// All of a layer after its attention.
    private func transform(_ rows: Range<Int>, layer: Int, member: Int) {
        let layer = encoder.weights.layers[layer]
        let layout = encoder.layout
        let own = workspaces[member]
        let states = unsafe shared.states + rows.lowerBound * layout.hidden
        unsafe layer.attentionOutput.apply(
            shared.context + rows.lowerBound * layout.hidden, stride: layout.hidden, rows: rows.count, to: own.delta,
            stride: layout.hidden, scratch: own.scratch)
        unsafe layer.attentionNorm.apply(
            states, stride: layout.hidden, adding: own.delta, deltaStride: layout.hidden, rows: rows.count)
        unsafe layer.intermediate.apply(
            states, stride: layout.hidden, rows: rows.count, activation: encoder.configuration.activation,
            then: layer.output, to: own.delta, stride: layout.hidden, scratch: own.scratch)
        unsafe layer.outputNorm.apply(
            states, stride: layout.hidden, adding: own.delta, deltaStride: layout.hidden, rows: rows.count)
    }

    private func pool(_ text: Text, to output: UnsafeMutablePointer<Float>) {
        let stride = encoder.layout.hidden
        let states = unsafe shared.states + text.row * stride
        let rows = encoder.configuration.pooling == .cls ? 1 : text.count
        for row in 0..<rows {
            for place in 0..<encoder.dimension { unsafe output[place] += states[row * stride + place] }
        }
        let scale = 1 / Float(rows)
        for place in 0..<encoder.dimension { unsafe output[place] *= scale }
    }
}
