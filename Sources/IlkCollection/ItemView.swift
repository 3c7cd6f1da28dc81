import IlkANN
package import IlkFilter
package import IlkProtocol
package import IlkVectors
import Synchronization

/// A collection's points as recommenders see them: by ordinal, with vectors and declared fields at hand.
///
/// It is of one set of parts, which change beneath it: an ordinal may come to be without a point, and means the same
/// point as long as it has one, within the time of a request.
package struct ItemView: Sendable {
    private let content: CollectionContent

    init(content: CollectionContent) { self.content = content }

    /// Points there are.
    package var count: Int { content.count }
    /// One more than the largest ordinal that ever was.
    package var endOrdinal: Int { Int(content.directory.endOrdinal) }

    /// Changes with every group of writes, so that whoever keeps something made from the points knows.
    package var version: UInt64 { content.epoch.now(.memory) }

    // MARK: Ids

    /// Where these points are; nil for those that are not there.
    package func ordinals(of ids: [PointID]) -> [Ordinal?] {
        let expired = content.expiry.expired()
        return content.directory.entries(of: ids).map { entry in
            entry.flatMap { expired?.contains($0.ordinal.rawValue) ?? false ? nil : $0.ordinal }
        }
    }

    package func ordinal(of id: PointID) -> Ordinal? { ordinals(of: [id])[0] }

    /// The ids of points; nil for those that are gone.
    package func ids(of ordinals: [Ordinal]) -> [PointID?] {
        let ids = content.directory.ids(of: ordinals)
        guard let expired = content.expiry.expired() else { return ids }
        return zip(ids, ordinals).map { expired.contains($1.rawValue) ? nil : $0 }
    }

    /// How many moves there were, and the points that moved since there were `count`, some perhaps twice.
    ///
    /// A point moves as it comes, goes or gets another ordinal. Where the moves are too long ago to be remembered one by
    /// one, there are no ids. So whoever keeps a table of where points are need not look up all of them again.
    package func moves(since count: UInt64) -> (count: UInt64, ids: [PointID]?) {
        content.directory.moves(since: count)
    }

    // MARK: Filters

    /// The points that pass a filter, exactly.
    package func matching(_ filter: WireFilter) throws(IlkError) -> Bitmap {
        try content.matching(try content.expression(filter))
    }

    /// The points that may come: those that pass a filter and have not expired; nil where all may.
    package func admitted(_ filter: WireFilter?) throws(IlkError) -> Bitmap? {
        try content.admitted(try filter.map { filter throws(IlkError) in try content.expression(filter) })
    }

    /// A set of points as one bit each, to ask about one after the other.
    package func flat(_ matching: Bitmap) -> OrdinalSet {
        matching.ordinalSet(capacity: matching.last.map { Int($0) + 1 } ?? 0)
    }

    /// The points whose declared field has a value.
    package func having(_ field: String, _ value: FilterValue) -> Bitmap {
        (try? content.matching(.member(path: field, [value]))) ?? Bitmap()
    }

    /// The declared payload fields.
    package var fields: [PayloadField] { content.schema.fields }

    /// What a declared field has at these ordinals: of an array every value.
    package func values(of field: String, at ordinals: [Ordinal]) -> [[FilterValue]] {
        content.filters.values(of: field, at: ordinals)
    }

    /// Calls `body` with each value that a declared field has at these ordinals, and the place of its ordinal among them.
    ///
    /// Nothing in the fields changes meanwhile, so `body` is to be short.
    package func forEachValue(
        of field: String, at ordinals: [Ordinal], _ body: (_ place: Int, FilterValue) -> Void
    ) {
        content.filters.forEachValue(of: field, at: ordinals, body)
    }

    // MARK: Vectors

    /// The place of the vector field that is meant, or of the only one; nil where the collection has none.
    ///
    /// - Throws: `not_found`, or `invalid_request` where a name is needed.
    ///
    /// `orFirst` takes the first of several where no name is given.
    package func vectorField(named name: String?, orFirst: Bool = false) throws(IlkError) -> Int? {
        guard name != nil || !content.schema.vectors.isEmpty else { return nil }
        if name == nil, orFirst { return 0 }
        return try content.schema.vectorField(named: name)
    }

    package func dimension(of field: Int) -> Int { content.indexes[field].dimension }

    /// The vector of a point as it is compared, for cosine of length 1; nil where it has none.
    package func vector(_ field: Int, at ordinal: Ordinal) -> [Float]? { content.indexes[field].vector(at: ordinal) }

    /// Checks a caller's vector.
    package func check(_ vector: [Float], field: Int) throws(IlkError) {
        try content.schema.check(vector, field: field, what: "the profile's vector")
    }

    /// The points nearest to a vector, among some or all, with scores of which larger are better.
    ///
    /// The candidate list is as wide as k: whoever asks for many does not mind which of the last ones come.
    ///
    /// - Parameters:
    ///   - vector: as the field has them, for cosine of any length but 0.
    ///   - field: the place of the vector field.
    ///   - k: how many.
    ///   - matching: the points that may come; all if nil.
    ///   - flat: the same as ``flat(_:)`` has it, for who asks more than once.
    /// - Returns: fewer than k only where there are no more.
    /// - Throws: `dimension_mismatch` for a vector of another length.
    package func nearest(
        to vector: [Float], field: Int, k: Int, among matching: Bitmap?, flat: OrdinalSet? = nil
    ) throws(IlkError) -> [(ordinal: Ordinal, score: Float)] {
        let request = SearchRequest(collection: "", query: .vector(WireVector(vector)), k: k, ef: max(64, k))
        let dense = try DenseSearch(
            request, SearchQuestion.DenseQuery(field: field, query: request.query), textVector: nil, k: k, content)
        let admitted: Bitmap?
        if let matching { admitted = matching } else { admitted = try content.admitted(nil) }
        return dense.run(admitted, flat: flat).neighbors.map {
            ($0.ordinal, dense.index.metric.score(ofDistance: $0.distance))
        }
    }

    // MARK: Rows

    /// The points that were first inserted last, newest first.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - within: how many points are looked at, at most.
    ///   - isWanted: which ones.
    /// - Returns: as many as were found within that.
    /// - Throws: what SQLite says.
    package func newest(
        _ count: Int, within: Int, where isWanted: (Ordinal) -> Bool
    ) throws(IlkError) -> [Ordinal] {
        let expired = content.expiry.expired()
        return try content.store.read("read the newest points") { database in
            try Records(database: database).newest(count, within: within) { ordinal in
                !(expired?.contains(ordinal.rawValue) ?? false) && isWanted(ordinal)
            }
        }
    }

    /// The payloads of points, in order; nil for those that are gone.
    package func payloads(of ids: [PointID], _ selection: PayloadSelection) throws(IlkError) -> [JSONText?] {
        guard selection != .none, !ids.isEmpty else { return ids.map { _ in nil } }
        return try content.store.read("read the items") { database in
            let records = Records(database: database)
            return try ids.map { id in
                guard let row = try records.point(id), content.isFound(row) else { return nil }
                return try records.payload(row.ordinal, selection)
            }
        }
    }
}

extension VectorCollection {
    /// The points as they are now.
    ///
    /// - Throws: `unavailable` while the collection is loading, and for good once it is quarantined.
    package func items() throws(IlkError) -> ItemView { ItemView(content: try content()) }
}

extension FilterTable {
    /// What a declared field has at these ordinals; nothing for a field that is not declared.
    func values(of field: String, at ordinals: [Ordinal]) -> [[FilterValue]] {
        state.withLock { state in
            guard let index = state.index.field(field) else { return ordinals.map { _ in [] } }
            return ordinals.map { index.values(of: $0.rawValue) }
        }
    }

    func forEachValue(of field: String, at ordinals: [Ordinal], _ body: (_ place: Int, FilterValue) -> Void) {
        state.withLock { state in
            guard let index = state.index.field(field) else { return }
            for (place, ordinal) in ordinals.enumerated() {
                index.forEachValue(of: ordinal.rawValue) { body(place, $0) }
            }
        }
    }
}
