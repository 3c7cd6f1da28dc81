import IlkANN
import IlkFilter
import IlkProtocol
import IlkVectors

/// The leg of a search that goes by vectors: one query in one field, from the plan to the neighbors.
struct DenseSearch {
    let index: VectorIndex
    let query: [Float]
    /// The point that the search starts from, which is no hit of its own.
    let origin: Ordinal?
    /// Hits wanted.
    let k: Int
    let efSearch: Int
    let maxDistance: Float
    private let exact: Bool
    /// What a search that names a recall is told.
    private let aim: Aim?
    private let endOrdinal: Int
    private let fieldName: String

    /// What was found, and how.
    struct Outcome {
        var neighbors: [Neighbor] = []
        var plan: SearchPlan
        var isExact = false
        var distances = 0
        var hops = 0
        var turnedIntoScan: String?
    }

    /// A recall that was asked for, and what the index knows of it.
    private struct Aim {
        var recall: Double
        /// Whether the recall of this index's searches has been measured.
        var isMeasured: Bool
        /// The width that reaches it; nil where only a scan is known to.
        var ef: Int?

        init(_ recall: Double, k: Int, of index: VectorIndex) {
            self.recall = recall
            let curve = index.recallCurve
            isMeasured = curve != nil
            // Before it is known, wide enough for what is usual.
            ef = curve.map { $0.ef(reaching: recall, k: k) } ?? max(512, 16 * k)
        }
    }

    /// A search of `k` hits.
    ///
    /// - Parameters:
    ///   - request: what was asked for.
    ///   - dense: the field, and what to be near to.
    ///   - textVector: the vector of the text that is asked for, where it is one.
    ///   - k: hits wanted.
    ///   - content: the collection.
    /// - Throws: `dimension_mismatch` for a vector of another length, `not_found` for a point that is not there.
    init(
        _ request: SearchRequest, _ dense: SearchQuestion.DenseQuery, textVector: [Float]?, k: Int,
        _ content: CollectionContent
    ) throws(IlkError) {
        index = content.indexes[dense.field]
        self.k = k
        aim = request.recall.map { [index] in Aim($0, k: k, of: index) }
        exact = request.exact || aim.map { $0.ef == nil } ?? false
        endOrdinal = Int(content.directory.endOrdinal)
        fieldName = content.schema.vectors[dense.field].name
        switch dense.query {
        case .vector(let vector):
            query = vector.values
            origin = nil
            try content.schema.check(query, field: dense.field, what: "the query vector")
        case .point(let id):
            (origin, query) = try content.vector(of: id, field: dense.field)
        case .text:
            guard let textVector else { throw IlkError(.internal, "the text was not embedded; report this") }
            query = textVector
            origin = nil
            try content.schema.check(query, field: dense.field, what: "the text's vector")
        }
        // Wide enough for recall@10 of 0.99 on Fashion-MNIST; wider where more is asked for.
        efSearch = max(request.ef ?? aim?.ef ?? max(64, k + k / 2), k + (origin == nil ? 0 : 1))
        var farthest = request.maxDistance ?? .infinity
        if let least = request.minScore.dense { farthest = min(farthest, index.metric.distance(ofScore: least)) }
        maxDistance = farthest
    }

    /// One more than asked for where the origin will be left out.
    private var candidates: Int { k + (origin == nil ? 0 : 1) }

    /// Three quarters of it are more than what is wanted, by as much as chance may take away: a walk in which fewer pass is
    /// followed by a scan.
    private var leastFilteredWidth: Int { candidates * 3 / 2 + 16 }

    /// Looks for neighbors among the points of `matching`, or all; fewer than k come only after an exact scan.
    ///
    /// `flat` is the same set, where the caller has it, to be asked by a walk.
    func run(_ matching: Bitmap?, flat: OrdinalSet? = nil) -> Outcome {
        var situation = SearchPlan.Situation(
            isExact: exact, count: index.count, matching: matching?.count,
            efSearch: matching == nil ? efSearch : max(efSearch, leastFilteredWidth),
            isGraphUsable: index.pendingCount <= max(4_096, index.count / 4),
            hasCodes: index.storageInUse.storage == .u8, hasLists: index.structureInUse == .lists)
        var plan = SearchPlan.choose(situation)
        var admitting = flat
        var probe: SearchOutcome?
        if plan.isAdmitting, let matching {
            let passing = flat ?? matching.ordinalSet(capacity: endOrdinal)
            let near = index.search(query.span, k: Self.probed, efSearch: Self.probed)
            situation.share = min(situation.share, Self.share(of: near.neighbors, in: passing))
            plan = SearchPlan.choose(situation)
            probe = near
            admitting = passing
        }
        var found = run(plan, matching, admitting, width: situation.width)
        found.distances += probe?.distances ?? 0
        found.hops += probe?.hops ?? 0
        var kept = accepted(found.neighbors)
        if kept.count < k && !found.isExact && kept.count < (matching?.count ?? index.count) {
            let reason = maxDistance == .infinity ? "the walk found too few" : "too few within the bound"
            found = scan(matching, admitting, after: found, because: reason, exactly: true)
            kept = accepted(found.neighbors)
        }
        found.neighbors = Array(kept.prefix(k))
        return found
    }

    /// What points score that have nothing to do with the query: of 256 to 511, spread over the collection.
    func background() -> ScoreBackground {
        let step = max(1, endOrdinal / 256)
        let sample = stride(from: 0, to: endOrdinal, by: step).map { UInt32($0) }
        let found = index.distances(query.span, to: sample)
        return ScoreBackground(of: found.compactMap { $0.map(index.metric.score(ofDistance:)) })
    }

    /// The share of some points that passes, taken to be half a point more: that none of 64 does is no proof that none is near.
    private static func share(of near: [Neighbor], in passing: OrdinalSet) -> Double {
        let count = near.count { passing.contains($0.ordinal.rawValue) }
        return (Double(count) + 0.5) / Double(max(near.count, 1))
    }

    /// Points that are looked at before a walk under a filter begins.
    private static let probed = 64

    private func run(_ plan: SearchPlan, _ matching: Bitmap?, _ admitting: OrdinalSet?, width: Int) -> Outcome {
        let start = Outcome(plan: plan)
        switch plan {
        case .scanAll, .scanMatching:
            return scan(matching, admitting, after: start, because: nil, exactly: exact)
        case .walk, .lists:
            return start.with(
                index.search(
                    query.span, k: candidates, efSearch: efSearch))
        case .listsAdmitting:
            guard let admitting else {
                return scan(matching, nil, after: start, because: nil, exactly: false)
            }
            return start.with(
                index.searchLists(
                    query.span, k: candidates, efSearch: efSearch, width: width, admitting: admitting))
        case .walkAdmitting:
            let outcome = index.search(
                query.span, k: candidates, efSearch: efSearch, width: width, admitting: admitting)
            let walked = start.with(outcome)
            return outcome.settled < candidates
                ? scan(matching, admitting, after: walked, because: "too few of what the walk met pass", exactly: false)
                : walked
        }
    }

    /// Looks at all points that pass: by their vectors, or faster by their codes, where there are any.
    private func scan(
        _ matching: Bitmap?, _ admitting: OrdinalSet?, after walked: Outcome, because reason: String?, exactly: Bool
    ) -> Outcome {
        let isExact = exactly || index.storageInUse.storage == .f32
        let outcome =
            switch (matching, isExact) {
            case (let matching?, true): index.scan(query.span, k: candidates, among: matching.ordinals)
            case (let matching?, false) where isFasterByLists(matching):
                index.searchLists(
                    query.span, k: candidates, efSearch: efSearch, width: index.count,
                    admitting: admitting ?? matching.ordinalSet(capacity: endOrdinal))
            case (let matching?, false): index.scanCodes(query.span, k: candidates, among: matching.ordinals)
            case (nil, true): index.scan(query.span, k: candidates)
            case (nil, false): index.scanCodes(query.span, k: candidates)
            }
        var scanned = walked
        scanned.neighbors = outcome.neighbors
        scanned.isExact = isExact
        scanned.distances += outcome.distances
        scanned.turnedIntoScan = reason
        return scanned
    }

    /// Whether all entries of all lists are scanned sooner than the codes of what passes.
    private func isFasterByLists(_ matching: Bitmap) -> Bool {
        index.structureInUse == .lists && matching.count * SearchPlan.Situation.listAdvantage > index.count
    }

    private func accepted(_ neighbors: [Neighbor]) -> [Neighbor] {
        neighbors.filter { $0.ordinal != origin && $0.distance <= maxDistance }
    }

    /// How it came about, for `explain`.
    func explanation(_ found: Outcome, matching: Int) -> [(String, JSONValue)] {
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        return [
            ("plan", .string(found.plan.name)), ("why", .string(found.plan.why)),
            ("turned_into_scan", found.turnedIntoScan.map { .string($0) } ?? .null),
            ("exact", .bool(found.isExact)), ("using", .string(fieldName)), ("ef", number(efSearch)),
            ("live", number(index.count)), ("pending", number(index.pendingCount)), ("matching", number(matching)),
            ("distances", number(found.distances)), ("hops", number(found.hops)),
            (
                "recall",
                aim.map { .object(JSONObject([("asked", .double($0.recall)), ("measured", .bool($0.isMeasured))])) }
                    ?? .null
            ),
        ]
    }
}

extension DenseSearch.Outcome {
    fileprivate func with(_ outcome: SearchOutcome) -> Self {
        var result = self
        result.neighbors = outcome.neighbors
        result.distances = outcome.distances
        result.hops = outcome.hops
        return result
    }
}

extension Metric {
    /// Larger is better: −distance for l2, the cosine, the inner product.
    func score(ofDistance distance: Float) -> Float {
        switch self {
        case .cosine: 1 - distance
        case .dot, .l2: -distance
        }
    }

    func distance(ofScore score: Float) -> Float {
        switch self {
        case .cosine: 1 - score
        case .dot, .l2: -score
        }
    }
}
