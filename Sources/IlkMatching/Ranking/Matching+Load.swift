import IlkCollaborative
import IlkCollection
package import IlkProtocol
import Synchronization

extension Matching {
    /// Takes a ranker that was learned elsewhere: LightGBM's text.
    ///
    /// It is measured, kept, and may go live.
    ///
    /// - Parameters:
    ///   - request: the model, and when it answers.
    ///   - now: the moment, in seconds since 1970.
    /// - Returns: JSON of `match.load`.
    /// - Throws: `invalid_request` for a text that is no model, or a feature that there is not, with those there are.
    package func load(_ request: MatchLoad, at now: Double) throws(IlkError) -> JSONObject {
        let model: GradientBoostedTrees
        do throws(CollaborativeError) {
            model = try GradientBoostedTrees(lightGBM: Array(request.lightGBM.utf8))
        } catch {
            throw IlkError(.invalidRequest, "match.load.lightgbm: \(error)")
        }
        try check(model.names)
        let writer = try store.writer()
        let examples = try ShownExamples(of: writer, within: request.withinHours * 3_600, now: now)
        let training = RankerTraining(
            goLive: request.goLive, threads: 1, live: store.models.withLock { $0.ranker }, progress: { _ in true })
        let measured = try training.measure(model, kind: "lightgbm", examples)
        let isLive = measured?.goesLive ?? (request.goLive == .always)
        let report =
            measured?.json
            ?? JSONObject([
                ("kind", .string("lightgbm")), ("goes_live", .bool(isLive)),
                (
                    "why",
                    .string(
                        isLive
                            ? "it was asked for"
                            : "there are too few logged answers to measure it on; send \"go_live\":\"always\" to use it all the same"
                    )
                ),
            ])
        let generation = try writer.log.keep(
            .ranker(model), as: .ranker, made: Int64(now), isActive: isLive, report: report)
        if isLive { store.models.withLock { $0[.ranker] = .ranker(model) } }
        return JSONObject([
            ("generation", .int(generation)), ("trees", .int(Int64(model.treeCount))), ("report", .object(report)),
        ])
    }

    /// Checks that each of these is a feature of the collection's items.
    private func check(_ names: [String]) throws(IlkError) {
        let known = ItemFeatures.known(try collection.items().fields)
        // What a context says is the caller's to name.
        let unknown = names.filter { !known.contains($0) && !$0.hasPrefix("context.") }
        guard let first = unknown.first else { return }
        let others = unknown.count > 1 ? " (and \(unknown.count - 1) others)" : ""
        throw IlkError(
            .invalidRequest,
            "the model has a feature \(first.quoted)\(others) that items of '\(collection.name)' do not have\(NearestName.hint(for: first, among: known)); known are \(known.joined(separator: ", ")) and context.<name>"
        )
    }
}
