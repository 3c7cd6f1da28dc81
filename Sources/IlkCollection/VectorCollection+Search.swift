import IlkANN
import IlkFilter
package import IlkProtocol
import IlkVectors

extension VectorCollection {
    /// The nearest points to a vector, or to another point, that pass a filter.
    ///
    /// k points come back whenever k live ones pass the filter and lie within `maxDistance`; where fewer come, an
    /// exact scan has shown that there are no more.
    package func search(_ request: SearchRequest) throws(IlkError) -> SearchReply {
        let writer = try writer()
        // A writer may replace points while they are being found: then the search runs again, at last between two writes.
        for _ in 0..<8 {
            if let reply = try FieldSearch(request, writer.content).reply() { return reply }
            writer.content.epoch.settle(.rows)
        }
        let reply = try writer.between { () throws(IlkError) in try FieldSearch(request, writer.content).reply() }
        guard let reply else { throw IlkError(.internal, "points changed though nothing was written; report this") }
        return reply
    }

    /// Whether a search is short enough to be answered on an event loop.
    package func isQuick(_ request: SearchRequest) -> Bool {
        guard !request.exact, request.filter == nil, request.maxDistance == nil, request.k <= 100 else { return false }
        guard (request.ef ?? 0) <= 512, !request.withVectors else { return false }
        guard let content = try? content(), let field = try? content.schema.vectorField(named: request.using) else {
            return true  // the refusal is quick
        }
        let index = content.indexes[field]
        return index.pendingCount * index.dimension <= 400_000
    }
}

/// One search in one vector field, from the request to the hits.
private struct FieldSearch {
    let request: SearchRequest
    let content: CollectionContent
    let field: Int
    let index: VectorIndex
    let query: [Float]
    /// The point that the search starts from, which is no hit of its own.
    let origin: Ordinal?
    let efSearch: Int
    let started = ContinuousClock.now

    /// What was found, and how.
    private struct Found {
        var neighbors: [Neighbor] = []
        var isExact = false
        var distances = 0
        var hops = 0
        var turnedIntoScan: String?
    }

    init(_ request: SearchRequest, _ content: CollectionContent) throws(IlkError) {
        self.request = request
        self.content = content
        field = try content.schema.vectorField(named: request.using)
        index = content.indexes[field]
        switch request.query {
        case .vector(let vector):
            query = vector.values
            origin = nil
            try content.schema.check(query, field: field, what: "the query vector")
        case .point(let id):
            (origin, query) = try content.vector(of: id, field: field)
        }
        // Wide enough for recall@10 of 0.99 on Fashion-MNIST; wider where more is asked for.
        efSearch = max(request.ef ?? max(64, request.k + request.k / 2), request.k + (origin == nil ? 0 : 1))
    }

    /// One more than asked for where the origin will be left out.
    private var k: Int { request.k + (origin == nil ? 0 : 1) }

    /// The reply; nil where a point found was replaced meanwhile.
    func reply() throws(IlkError) -> SearchReply? {
        let filter = try request.filter.map { filter throws(IlkError) in try content.expression(filter) }
        let scope = filter.map { content.scope(of: $0) } ?? .memory
        let moment = content.epoch.now(scope)
        let matching = try filter.map { filter throws(IlkError) in try content.matching(filter) }
        let filtered = ContinuousClock.now
        let plan = SearchPlan.choose(
            exact: request.exact, count: index.count, matching: matching?.count, efSearch: efSearch,
            isGraphUsable: index.pendingCount <= max(4_096, index.count / 4))
        var found = run(plan, matching)
        var kept = accepted(found.neighbors)
        if kept.count < request.k && !found.isExact && kept.count < (matching?.count ?? index.count) {
            let reason = request.maxDistance == nil ? "the walk found too few" : "too few within max_distance"
            found = scan(matching, after: found, because: reason)
            kept = accepted(found.neighbors)
        }
        let searched = ContinuousClock.now
        guard var hits = try hits(of: kept) else { return nil }
        hits = Array(hits.prefix(request.k))
        // That there are no more is believed only of a single moment.
        guard hits.count == request.k || content.epoch.isStill(moment, scope) else { return nil }
        let fetched = ContinuousClock.now
        var reply = SearchReply(hits: hits, exhausted: hits.count < request.k)
        if request.explain {
            let times = [("filter", started, filtered), ("search", filtered, searched), ("fetch", searched, fetched)]
            reply.explain = explanation(
                plan, found, matching: matching?.count, undeclared: filter.map(content.undeclaredPaths) ?? [],
                times: times.map { ($0.0, ($0.2 - $0.1).microseconds) })
        }
        return reply
    }

    private func run(_ plan: SearchPlan, _ matching: Bitmap?) -> Found {
        switch plan {
        case .scanAll, .scanMatching:
            return scan(matching, after: Found(), because: nil)
        case .walk:
            return found(by: index.search(query.span, k: k, efSearch: efSearch, admitting: nil, distanceBudget: nil))
        case .walkAdmitting(let budget):
            let admitting = matching?.ordinalSet(capacity: Int(content.directory.endOrdinal))
            let outcome = index.search(
                query.span, k: k, efSearch: efSearch, admitting: admitting, distanceBudget: budget)
            let walked = found(by: outcome)
            return outcome.budgetExhausted
                ? scan(matching, after: walked, because: "the walk's budget was used up") : walked
        }
    }

    private func found(by outcome: SearchOutcome) -> Found {
        Found(neighbors: outcome.neighbors, distances: outcome.distances, hops: outcome.hops)
    }

    private func scan(_ matching: Bitmap?, after walked: Found, because reason: String?) -> Found {
        let outcome =
            if let matching { index.scan(query.span, k: k, among: matching.ordinals) } else {
                index.scan(query.span, k: k, admitting: nil)
            }
        return Found(
            neighbors: outcome.neighbors, isExact: true, distances: walked.distances + outcome.distances,
            hops: walked.hops, turnedIntoScan: reason)
    }

    private func accepted(_ neighbors: [Neighbor]) -> [Neighbor] {
        neighbors.filter { $0.ordinal != origin && $0.distance <= request.maxDistance ?? .infinity }
    }

    private func hits(of neighbors: [Neighbor]) throws(IlkError) -> [Hit]? {
        let ids = content.directory.ids(of: neighbors.lazy.map(\.ordinal))
        var hits: [Hit] = []
        hits.reserveCapacity(neighbors.count)
        for (neighbor, id) in zip(neighbors, ids) {
            guard let id else { return nil }
            hits.append(
                Hit(id: id, distance: neighbor.distance, score: index.metric.score(ofDistance: neighbor.distance)))
        }
        guard request.withPayload != .none || request.withVectors, !hits.isEmpty else { return hits }
        return try content.store.read("read the hits") { database in
            let records = Records(database: database)
            for place in hits.indices {
                // SQLite may be a write ahead of the indexes: then this is another version of the point.
                guard let row = try records.point(hits[place].id), row.ordinal == neighbors[place].ordinal else {
                    return nil
                }
                hits[place].payload = try records.payload(row.ordinal, request.withPayload)
                if request.withVectors { hits[place].vector = try records.vector(row.ordinal, field: field) }
            }
            return hits
        }
    }

    private func explanation(
        _ plan: SearchPlan, _ found: Found, matching: Int?, undeclared: [String],
        times: [(phase: String, microseconds: Int64)]
    ) -> JSONValue {
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        return .object(
            JSONObject([
                ("plan", .string(plan.name)), ("why", .string(plan.why)),
                ("turned_into_scan", found.turnedIntoScan.map { .string($0) } ?? .null),
                ("exact", .bool(found.isExact)),
                ("using", .string(content.schema.vectors[field].name)), ("ef", number(efSearch)),
                ("live", number(index.count)), ("pending", number(index.pendingCount)),
                ("matching", number(matching ?? content.directory.count)),
                ("undeclared", .array(undeclared.map { .string($0) })), ("distances", number(found.distances)),
                ("hops", number(found.hops)),
                ("took_us", .object(JSONObject(times.map { ($0.phase, .int($0.microseconds)) }))),
            ]))
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
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

extension CollectionContent {
    /// The stored vector of a point, and its ordinal.
    func vector(of id: PointID, field: Int) throws(IlkError) -> (Ordinal, [Float]) {
        let found: (Ordinal, [Float])? = try store.read("read point \(id)") { database in
            let records = Records(database: database)
            guard let row = try records.point(id) else { throw IlkError(.notFound, "no point with id \(id)") }
            return try records.vector(row.ordinal, field: field).map { (row.ordinal, $0) }
        }
        guard let found else {
            throw IlkError(
                .notFound, "point \(id) has no vector in field '\(schema.vectors[field].name)'; search by a vector")
        }
        return found
    }
}

extension CollectionSchema {
    /// Checks a vector against its field.
    ///
    /// - Throws: `dimension_mismatch`, or `invalid_request` for what no metric can measure.
    func check(_ vector: [Float], field: Int, what: @autoclosure () -> String) throws(IlkError) {
        let field = vectors[field]
        guard vector.count == field.dimension else {
            throw IlkError(
                .dimensionMismatch,
                "\(what()) has \(vector.count) components, field '\(field.name)' has \(field.dimension); embed it with the field's model"
            )
        }
        // One pass of a kernel; what is not finite in the vector is not finite in its square.
        let norm = Kernels.dot(vector.span, vector.span)
        if !norm.isFinite, let place = vector.firstIndex(where: { !$0.isFinite }) {
            throw IlkError(.invalidRequest, "\(what()) has \(vector[place]) at \(place); send finite numbers")
        }
        guard field.metric != .cosine || norm > 0 else {
            let remedy =
                vector.allSatisfy { $0 == 0 }
                ? "all zeros, which has no direction; leave it out, or use metric l2 or dot"
                : "too short: its squared length is 0 in 32 bits; scale it up"
            throw IlkError(.invalidRequest, "\(what()) is \(remedy)")
        }
        guard norm.isFinite else {
            throw IlkError(.invalidRequest, "\(what()) is too long: its squared length overflows; scale it down")
        }
    }
}
