package import IlkProtocol
package import IlkVectors

/// A BERT (Devlin et al., 2019) or XLM-RoBERTa encoder: layer norms after each part, learned positions.
///
/// Texts of a batch lie one after the other without padding. All linear parts run over rows of many texts at once, the
/// attention over one text and head at a time. A row's arithmetic is the same in every batch.
package final class BERTEncoder: TextEncoder {
    package let configuration: EncoderConfiguration
    let weights: BERTWeights
    let layout: EncoderWorkspace.Layout
    let workspaces: WorkspacePool

    /// An encoder with the weights of a file, which stays mapped for its table of words.
    ///
    /// - Parameters:
    ///   - configuration: the encoder's sizes.
    ///   - file: the weights.
    ///   - arithmetic: how products with the weights are reckoned; `q4s8` leaves matrices of floats in f32.
    /// - Throws: `invalid_request` where file and configuration do not belong together.
    package init(
        _ configuration: EncoderConfiguration, weights file: some WeightFile,
        arithmetic: PackedMatrix.Arithmetic = .q4s8
    ) throws(IlkError) {
        try configuration.check()
        self.configuration = configuration
        weights = try BERTWeights(configuration, file, arithmetic)
        layout = EncoderWorkspace.Layout(configuration, layers: weights.layers)
        workspaces = WorkspacePool(layout)
    }

    package var dimension: Int { configuration.hidden }
    package var maximumTokens: Int? { configuration.maximumTokens }
    package var arithmetic: String { weights.arithmetic.rawValue }

    /// Pooled vectors, not yet normalised: `batch.lengths.count` rows of `dimension` floats.
    ///
    /// Tokens past `maximumTokens` of a text are not looked at, and a text without tokens is all zeros: callers refuse
    /// such texts. An id that the model does not know counts as id 0.
    package func encode(_ batch: TokenBatch, threads: Int) -> [Float] {
        let texts = Text.all(of: batch, limit: configuration.maximumTokens)
        let groups = Text.groups(of: texts, tokens: EncoderWorkspace.Layout.groupTokens)
        let count = batch.lengths.count * dimension
        // SAFETY: every text writes its own row, and the rows of texts without tokens are zero from the start.
        return unsafe [Float](unsafeUninitializedCapacity: count) { vectors, initialized in
            unsafe vectors.initialize(repeating: 0)
            initialized = count
            guard let output = vectors.baseAddress, !groups.isEmpty else { return }
            unsafe batch.ids.withUnsafeBufferPointer { ids in
                unsafe run(groups, ids: ids, threads: threads, to: output)
            }
        }
    }

    /// Groups side by side where there are enough of them; else one after the other, all threads in each.
    private func run(
        _ groups: [[Text]], ids: UnsafeBufferPointer<Int32>, threads: Int, to output: UnsafeMutablePointer<Float>
    ) {
        let workspaces = workspaces.take(max(1, threads))
        defer { self.workspaces.giveBack(workspaces) }
        let members = workspaces.count
        // SAFETY: tasks read the ids and write rows of their own.
        nonisolated(unsafe) let ids = unsafe ids
        nonisolated(unsafe) let output = unsafe output
        if members == 1 || groups.count >= 3 * members {
            PhasedWork.run(threads: members, counts: [groups.count]) { _, group, member in
                unsafe ForwardPass(self, groups[group], ids: ids, threads: 1, workspaces: [workspaces[member]])
                    .run(to: output)
            }
        } else {
            for group in groups {
                unsafe ForwardPass(self, group, ids: ids, threads: members, workspaces: workspaces).run(to: output)
            }
        }
    }
}

/// Where a text's tokens lie, in its batch and in its group.
struct Text: Sendable {
    /// Which text of the batch.
    var number: Int
    /// Its first id in the batch.
    var start: Int
    /// Its first row in the group.
    var row = 0
    var count: Int

    /// The texts of a batch that have tokens.
    static func all(of batch: TokenBatch, limit: Int) -> [Text] {
        var texts: [Text] = []
        texts.reserveCapacity(batch.lengths.count)
        var start = 0
        for (number, length) in batch.lengths.enumerated() {
            let count = min(length, limit, batch.ids.count - start)
            if count > 0 { texts.append(Text(number: number, start: start, count: count)) }
            start += max(0, min(length, batch.ids.count - start))
        }
        return texts
    }

    /// Neighbours together, of so many tokens at most; a longer text is alone.
    static func groups(of texts: [Text], tokens: Int) -> [[Text]] {
        var groups: [[Text]] = []
        var row = 0
        for var text in texts {
            if groups.isEmpty || row + text.count > tokens {
                groups.append([])
                row = 0
            }
            text.row = row
            row += text.count
            groups[groups.count - 1].append(text)
        }
        return groups
    }
}

extension EncoderConfiguration {
    /// - Throws: `invalid_request` where the numbers do not make an encoder.
    func check() throws(IlkError) {
        let sizes = [hidden, layers, heads, feedForward, vocabulary, positions]
        guard sizes.allSatisfy({ $0 > 0 && $0 <= 1 << 24 }), hidden <= 1 << 16, feedForward <= 1 << 18, layers <= 1_024,
            hidden % heads == 0
        else {
            throw IlkError(
                .invalidRequest,
                "the model's configuration has \(hidden) components in \(heads) heads, \(layers) layers of "
                    + "\(feedForward), \(vocabulary) words and \(positions) positions; give the config.json of a BERT")
        }
        guard positionOffset >= 0, maximumTokens > 0, epsilon >= 0, epsilon < 1 else {
            throw IlkError(
                .invalidRequest,
                "the model's configuration starts at position \(positionOffset) of \(positions) with a layer norm "
                    + "epsilon of \(epsilon); give the config.json of a BERT")
        }
    }
}
