import Glibc
import IlkProtocol
import IlkVectors
import Synchronization

/// Google's Universal Sentence Encoder, multilingual, version 3 (Yang et al., 2020): convolutions over windows of two,
/// three and five tokens, summed over the text, and two residual layers.
///
/// Texts of a group lie one after the other with two rows of zeros before, between and after them, as many as a window
/// reaches beyond its token. So a window's rows are consecutive floats, a convolution is one matrix product over the whole
/// group without copying any window, and no window sees another text.
///
/// The sum over tokens comes before the product that follows it, not after: the same to rounding, at a cost per text
/// instead of per token.
final class USEEncoder: TextEncoder {
    private let weights: USEWeights
    private let workspaces = Mutex<[USEWorkspace]>([])

    /// Rows of a group: enough for the 12 MB of weights that each group reads; measured, 192 were 4 to 8 % slower.
    private static let groupRows = 384
    private static let border = 2

    /// - Parameters:
    ///   - path: `weights.npz`.
    ///   - arithmetic: `f32`, or `q8s8`, which is 1.5 times as fast.
    /// - Throws: `invalid_request` where the file is damaged or of another model.
    init(path: String, arithmetic: PackedMatrix.Arithmetic) throws(IlkError) {
        weights = try USEWeights(path: path, arithmetic: arithmetic)
    }

    var dimension: Int { USEWeights.dimension }
    var maximumTokens: Int? { ModelLayout.useTokens }
    var arithmetic: String { weights.projection.arithmetic.rawValue }
    /// Ids that have a row.
    var vocabulary: Int { weights.vocabulary }

    /// A text of a group.
    private struct Text {
        /// Which text of the batch, and its first id there.
        var number: Int
        var start: Int
        var row: Int
        var count: Int
    }

    func encode(_ batch: TokenBatch, threads: Int) -> [Float] {
        let groups = groups(of: batch)
        let total = batch.lengths.count * dimension
        return unsafe [Float](unsafeUninitializedCapacity: total) { vectors, initialized in
            unsafe vectors.initialize(repeating: 0)
            initialized = total
            guard let output = vectors.baseAddress, !groups.isEmpty else { return }
            // SAFETY: each group writes the rows of its own texts.
            nonisolated(unsafe) let target = unsafe output
            PhasedWork.run(threads: threads, counts: [groups.count]) { _, group, _ in
                unsafe run(groups[group], batch.ids, to: target)
            }
        }
    }

    private func groups(of batch: TokenBatch) -> [[Text]] {
        var groups: [[Text]] = []
        var row = 0
        var start = 0
        for (number, length) in batch.lengths.enumerated() {
            defer { start += length }
            guard length > 0 else { continue }
            if groups.isEmpty || row + length + Self.border > Self.groupRows {
                groups.append([])
                row = Self.border
            }
            groups[groups.count - 1].append(Text(number: number, start: start, row: row, count: length))
            row += length + Self.border
        }
        return groups
    }

    private func run(_ texts: [Text], _ ids: [Int32], to output: UnsafeMutablePointer<Float>) {
        guard let last = texts.last else { return }
        let rows = last.row + last.count + Self.border
        // A text that is longer than a group has a workspace of its own, and takes it along.
        let isUsual = rows <= Self.groupRows
        let usual = isUsual ? workspaces.withLock { $0.popLast() } : nil
        let space =
            usual
            ?? USEWorkspace(
                rows: max(rows, Self.groupRows), texts: Self.groupRows / 3,
                scratch: weights.scratchBytes(rows: max(rows, Self.groupRows)))
        defer {
            if isUsual { workspaces.withLock { $0.append(space) } }
        }
        encodeTokens(texts, ids, rows, space)
        unsafe encodeTexts(texts, space, to: output)
    }

    /// Fills `space.tokens` with the normalised rows of tokens, and `space.sums` with their sum for each text.
    private func encodeTokens(_ texts: [Text], _ ids: [Int32], _ rows: Int, _ space: USEWorkspace) {
        let (width, all) = (USEWeights.width, USEWeights.allWidth)
        let inner = rows - 2 * Self.border
        let first = Self.border
        for text in texts {
            for token in 0..<text.count {
                unsafe weights.writeToken(ids[text.start + token], to: space.tokens + (text.row + token) * all)
            }
        }
        // Rows between texts hold what was there before; they are computed with the others and never looked at.
        unsafe weights.projection.apply(
            space.tokens + first * all, stride: all, rows: inner, to: space.projected + first * 3 * width,
            stride: 3 * width, scratch: space.scratch)
        for text in texts {
            unsafe weights.projectionNorm.apply(
                space.projected + text.row * 3 * width, stride: 3 * width, adding: nil, deltaStride: 0, rows: text.count
            )
        }
        for (number, convolution) in weights.convolutions.enumerated() {
            for row in 0..<rows {
                unsafe (space.input + row * width).update(
                    from: space.projected + (row * 3 + number) * width, count: width)
            }
            unsafe clearBorders(texts, rows, space.input)
            unsafe convolve(convolution.first, convolution.left, space.input, to: space.hidden, inner, space.scratch)
            unsafe Self.rectifyAndAdd(space.input, to: space.hidden, first * width, inner * width)
            unsafe clearBorders(texts, rows, space.hidden)
            unsafe convolve(
                convolution.second, convolution.left, space.hidden, to: space.output, inner, space.scratch)
            unsafe Self.rectifyAndAdd(space.hidden, to: space.output, first * width, inner * width)
            for text in texts {
                for row in text.row..<text.row + text.count {
                    unsafe (space.tokens + row * all + USEWeights.tokenWidth + number * width)
                        .update(from: space.output + row * width, count: width)
                }
            }
        }
        for (place, text) in texts.enumerated() {
            unsafe weights.tokenNorm.apply(
                space.tokens + text.row * all, stride: all, adding: nil, deltaStride: 0, rows: text.count)
            let sum = unsafe space.sums + place * all
            let scale = 1 / Float(text.count).squareRoot()
            for column in 0..<all { unsafe sum[column] = 0 }
            for row in text.row..<text.row + text.count {
                let token = unsafe space.tokens + row * all
                for column in 0..<all { unsafe sum[column] += token[column] }
            }
            for column in 0..<all { unsafe sum[column] *= scale }
        }
    }

    /// A window's rows lie one after the other, so its product takes them as one long row.
    private func convolve(
        _ matrix: PackedMatrix, _ left: Int, _ input: UnsafeMutablePointer<Float>,
        to output: UnsafeMutablePointer<Float>, _ rows: Int, _ scratch: UnsafeMutableRawPointer
    ) {
        let width = USEWeights.width
        unsafe matrix.apply(
            input + (Self.border - left) * width, stride: width, rows: rows, to: output + Self.border * width,
            stride: width, scratch: scratch)
    }

    private func clearBorders(_ texts: [Text], _ rows: Int, _ buffer: UnsafeMutablePointer<Float>) {
        let count = Self.border * USEWeights.width
        unsafe buffer.update(repeating: 0, count: count)
        for text in texts {
            unsafe (buffer + (text.row + text.count) * USEWeights.width).update(repeating: 0, count: count)
        }
    }

    /// `target = max(target, 0) + input`.
    private static func rectifyAndAdd(
        _ input: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Float>, _ start: Int, _ count: Int
    ) {
        for place in start..<start + count {
            let value = unsafe target[place]
            unsafe target[place] = (value > 0 ? value : 0) + input[place]
        }
    }

    private func encodeTexts(_ texts: [Text], _ space: USEWorkspace, to output: UnsafeMutablePointer<Float>) {
        let count = texts.count
        unsafe apply(weights.sum, space.sums, count, to: space.text, space.scratch)
        for (place, text) in texts.enumerated() {
            // The bias was added once for each token.
            let scale = Float(text.count).squareRoot()
            for column in 0..<512 { unsafe space.text[place * 512 + column] += weights.sumBias[column] * scale }
        }
        unsafe residual(weights.dense[0], count, space, from: space.text, to: space.middle)
        let (width, dimension) = (320, USEWeights.dimension)
        for place in 0..<count * width { unsafe space.middle[place] = max(space.middle[place], 0) }
        unsafe residual(weights.dense[1], count, space, from: space.middle, to: space.text)
        for (place, text) in texts.enumerated() {
            for column in 0..<dimension {
                unsafe output[text.number * dimension + column] = tanhf(space.text[place * dimension + column])
            }
        }
    }

    /// `output = relu(input · hidden) · output + input · around`.
    private func residual(
        _ layer: (hidden: PackedMatrix, output: PackedMatrix, around: PackedMatrix), _ count: Int,
        _ space: USEWorkspace,
        from input: UnsafeMutablePointer<Float>, to output: UnsafeMutablePointer<Float>
    ) {
        unsafe apply(layer.hidden, input, count, to: space.inside, space.scratch)
        for place in 0..<count * layer.hidden.outputs { unsafe space.inside[place] = max(space.inside[place], 0) }
        unsafe apply(layer.around, input, count, to: space.around, space.scratch)
        unsafe apply(layer.output, space.inside, count, to: output, space.scratch)
        for place in 0..<count * layer.output.outputs { unsafe output[place] += space.around[place] }
    }

    private func apply(
        _ matrix: PackedMatrix, _ input: UnsafeMutablePointer<Float>, _ rows: Int,
        to output: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutableRawPointer
    ) {
        unsafe matrix.apply(
            input, stride: matrix.inputs, rows: rows, to: output, stride: matrix.outputs, scratch: scratch)
    }
}
