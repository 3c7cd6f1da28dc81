import IlkCollaborative
package import IlkCollection
package import IlkProtocol
import IlkVectors
import Synchronization

/// What a training made.
package struct TrainingReport: Sendable {
    /// One model.
    package struct Model: Sendable {
        package var kind: ModelKind
        package var generation: Int64
        package var seconds: Double
        /// What was measured of it.
        package var report: JSONObject?
    }
    package var models: [Model] = []
    /// What they learned from.
    package var users = 0
    package var items = 0
    package var pairs = 0
}

extension Matching {
    /// Trains models from the log; each answers as soon as it is kept, and the one before it is kept beside it.
    ///
    /// It blocks for as long as it takes. Appends wait while the events are read, some 20 ms a million.
    ///
    /// - Parameters:
    ///   - request: which models, and how.
    ///   - threads: threads of training.
    ///   - now: the moment, in seconds since 1970.
    ///   - progress: called now and then; false cancels.
    /// - Returns: what was made.
    /// - Throws: `invalid_request` where a model is none, or nothing is to be learned; `cancelled`.
    package func train(
        _ request: MatchTrain, threads: Int, at now: Double, progress: @escaping @Sendable (Progress) -> Bool
    ) throws(IlkError) -> TrainingReport {
        var kinds: [ModelKind] = []
        for name in request.models { kinds.append(try ModelKind(named: name)) }
        let writer = try store.writer()
        var report = TrainingReport()
        if kinds.contains(where: { $0 != .ranker }) {
            try trainChannels(kinds.filter { $0 != .ranker }, request, threads, now, writer, &report, progress)
        }
        // Last, so that a request for all of them is answered by what the channels bring from then on.
        if kinds.contains(.ranker) { try trainRanker(request, threads, now, writer, &report, progress) }
        return report
    }

    private func trainRanker(
        _ request: MatchTrain, _ threads: Int, _ now: Double, _ writer: EventWriter, _ report: inout TrainingReport,
        _ progress: @escaping @Sendable (Progress) -> Bool
    ) throws(IlkError) {
        let began = ContinuousClock.now
        let examples = try ShownExamples(of: writer, within: request.withinHours * 3_600, now: now)
        let training = RankerTraining(
            goLive: request.goLive, threads: threads, live: store.models.withLock { $0.ranker }, progress: progress)
        let (model, measured) = try training.train(examples)
        let generation = try writer.log.keep(
            .ranker(model), as: .ranker, made: Int64(now), isActive: measured.goesLive, report: measured.json)
        if measured.goesLive { store.models.withLock { $0[.ranker] = .ranker(model) } }
        report.models.append(
            TrainingReport.Model(
                kind: .ranker, generation: generation, seconds: (ContinuousClock.now - began) / .seconds(1),
                report: measured.json))
    }

    private func trainChannels(
        _ kinds: [ModelKind], _ request: MatchTrain, _ threads: Int, _ now: Double, _ writer: EventWriter,
        _ report: inout TrainingReport, _ progress: @escaping @Sendable (Progress) -> Bool
    ) throws(IlkError) {
        let data = try writer.between { () throws(IlkError) in
            TrainingData(of: writer, minimumUsers: request.minimumUsers)
        }
        guard !data.interactions.isEmpty else {
            throw IlkError(
                .invalidRequest,
                "no item of '\(collection.name)' was chosen by \(request.minimumUsers) people; append events, or lower 'min_people'"
            )
        }
        let matrix = data.matrix()
        report.users = (0..<matrix.users).count { !matrix.byUser.range(of: $0).isEmpty }
        report.items = data.items.count
        report.pairs = matrix.count
        let task = TrainingTask(
            request: request, data: data, matrix: matrix, before: store.models.withLock { $0 }, threads: threads,
            progress: progress)
        for kind in kinds {
            let began = ContinuousClock.now
            let model = try task.train(kind)
            model.link(threads: threads)
            let generation = try writer.log.keep(model, as: kind, made: Int64(now))
            store.models.withLock { $0[kind] = model }
            report.models.append(
                TrainingReport.Model(
                    kind: kind, generation: generation, seconds: (ContinuousClock.now - began) / .seconds(1)))
        }
    }

    /// Items of models that are being made fast: they are found, but more slowly.
    package func pendingItems() -> Int { store.models.withLock { $0.factors?.pendingCount ?? 0 } }

    /// The models that are kept.
    package func models() throws(IlkError) -> [KeptModel] { try store.writer().log.models() }

    /// Makes a kept model the one of its kind that answers: after a training that did no good, the one before it.
    ///
    /// - Throws: `not_found` with the generations that there are.
    package func activate(_ request: MatchActivate, threads: Int) throws(IlkError) {
        let kind = try ModelKind(named: request.model)
        let log = try store.writer().log
        guard let bytes = try log.model(kind, request.generation) else {
            let known = try log.models().filter { $0.kind == kind }.map { String($0.generation) }
            let hint =
                known.isEmpty ? "none is kept; train one with match.train" : "kept are \(known.joined(separator: ", "))"
            throw IlkError(.notFound, "no generation \(request.generation) of model '\(kind.rawValue)': \(hint)")
        }
        let model = try ModelBytes.model(of: bytes)
        model.link(threads: threads)
        try log.activate(kind, request.generation)
        store.models.withLock { $0[kind] = model }
    }
}

/// Trains the models of one request.
private struct TrainingTask {
    let request: MatchTrain
    let data: TrainingData
    let matrix: InteractionMatrix
    /// What answers until then: ALS goes on from its factors.
    let before: TrainedModels
    let threads: Int
    let progress: @Sendable (Progress) -> Bool

    private var cancelled: IlkError {
        IlkError(.cancelled, "the training was cancelled; models that were finished before answer, the others stay")
    }

    func train(_ kind: ModelKind) throws(IlkError) -> TrainedModel {
        guard progress(Progress(phase: kind.rawValue, done: 0, total: 0)) else { throw cancelled }
        do throws(CollaborativeError) {
            switch kind {
            // A ranker is trained otherwise.
            case .als, .ranker: break
            case .itemCF: return try neighbors(by: .cosine(shrinkage: 10))
            case .swing: return try neighbors(by: .swing(smoothing: 5, users: 100, seed: 42))
            case .ease:
                let ease = try EASE(
                    matrix, items: request.easeItems, regularization: 200, threads: threads)
                return .neighbors(
                    NeighborTable(items: data.items, lists: ease.neighbors(request.neighbors, threads: threads)))
            }
        } catch {
            throw IlkError(.invalidRequest, "model '\(kind.rawValue)': \(error)")
        }
        return .factors(try factors())
    }

    private func neighbors(by similarity: ItemSimilarity) throws(CollaborativeError) -> TrainedModel {
        let neighbors = try ItemNeighbors(
            matrix, by: similarity, count: request.neighbors, includesItself: false, threads: threads)
        return .neighbors(NeighborTable(items: data.items, lists: neighbors.similarities))
    }

    private func factors() throws(IlkError) -> TrainedFactors {
        var parameters = AlternatingLeastSquares.Parameters()
        parameters.factors = request.factors
        parameters.iterations = request.iterations
        parameters.threads = threads
        let wasCancelled = Mutex(false)
        let model: FactorModel
        do throws(CollaborativeError) {
            model = try AlternatingLeastSquares.train(matrix, parameters, startingFrom: start(parameters)) { done in
                let goesOn = progress(Progress(phase: "als", done: done, total: parameters.iterations))
                if !goesOn { wasCancelled.withLock { $0 = true } }
                return goesOn
            }
        } catch {
            throw IlkError(.invalidRequest, "model 'als': \(error)")
        }
        guard !wasCancelled.withLock({ $0 }) else { throw cancelled }
        // What is learned of people is thrown away: a person's factors are found anew with every request.
        let nobody = Matrix(rows: 0, columns: parameters.factors, elements: [])
        return try TrainedFactors(
            items: data.items,
            model: FactorModel(userFactors: nobody, itemFactors: model.itemFactors, parameters: parameters))
    }

    /// The factors of the model before, for the items that are still there; nil where there is none of the same width.
    private func start(_ parameters: AlternatingLeastSquares.Parameters) -> Matrix? {
        guard let known = before.factors, known.model.factors == parameters.factors else { return nil }
        var rows: [ItemNumber: Int] = [:]
        for (row, item) in known.items.enumerated() { rows[item] = row }
        var elements: [Float] = []
        elements.reserveCapacity(data.items.count * parameters.factors)
        for item in data.items {
            let row = rows[item].map { known.model.itemFactors.row($0) }
            elements += row ?? [Float](repeating: 0, count: parameters.factors)
        }
        return Matrix(rows: data.items.count, columns: parameters.factors, elements: elements)
    }
}
