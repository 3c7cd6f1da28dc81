import IlkVectors
import Synchronization

extension VectorIndex {
    /// What a checkpoint keeps beside the graph and its vectors.
    var findings: Findings {
        var findings = Findings()
        choice.withLock { choice in
            findings.chosenAt = choice.count
            findings.trial = choice.trial
            findings.quantizer = choice.codes?.quantizer
        }
        recallMeasurement.withLock { measurements in
            findings.graphCurve = measurements[.graph].curve
            findings.listCurve = measurements[.lists].curve
        }
        listState.withLock { state in
            findings.decidedAt = state.decidedAt
            findings.lists = state.restored
            guard state.isInUse, findings.quantizer != nil, let lists = state.lists else { return }
            findings.lists = Findings.Lists(
                centroids: lists.partition.centroids, mean: lists.mean, codebook: lists.quantizer.codebook,
                listOf: state.listOf, trial: lists.trial, fittedCount: lists.fittedCount, added: state.added)
        }
        return findings
    }

    /// Takes over what a checkpoint says, as far as the storage of this index asks for it.
    ///
    /// Codes are made at once, in less time than a file is read in; lists when there is time, and until then the graph answers.
    func adopt(_ findings: Findings) {
        // A curve is of the storage that it was measured with.
        if (storage == .f32) == (findings.quantizer == nil) || storage == .auto {
            recallMeasurement.withLock { measurements in
                measurements[.graph].curve = findings.graphCurve
                measurements[.lists].curve = findings.listCurve
            }
        }
        guard storage != .f32, findings.chosenAt > 0 else { return }
        guard let quantizer = findings.quantizer else {
            if storage == .auto { choice.withLock { $0 = CodeChoice(trial: findings.trial, count: findings.chosenAt) } }
            return
        }
        let codes = codes(quantizer, fittedCount: findings.chosenAt, threads: Self.loadingThreads)
        choice.withLock { $0 = CodeChoice(codes: codes, trial: findings.trial, count: findings.chosenAt) }
        guard storage == .auto else { return }
        listState.withLock { $0.decidedAt = findings.decidedAt }
        guard let codes, let lists = findings.lists,
            let builder = try? ListBuilder(restoring: lists, codes: codes, where: { states[$0].isLive })
        else { return }
        let isListed = OrdinalSet(capacity: states.end, ordinals: builder.nodes)
        let others = (0..<UInt32(states.end)).filter { states[$0].isLive && !isListed.contains($0) }
        listState.withLock { state in
            state.begin(builder, restoring: lists)
            state.added = lists.added
            for node in others { state.newcomers.append(node) }
        }
    }
}
