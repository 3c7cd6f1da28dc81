package import IlkFilter
package import IlkProtocol
import IlkVectors

/// The declared fields of a collection as they are at one moment, and the points that pass a filter.
package struct FieldView {
    private let index: PayloadIndex
    private let directory: PointDirectory
    /// Ordinals of the points that pass.
    package let matching: Bitmap

    fileprivate init(index: PayloadIndex, directory: PointDirectory, matching: Bitmap) {
        self.index = index
        self.directory = directory
        self.matching = matching
    }

    /// A declared field; nil where the path is none.
    package func field(_ path: String) -> FieldIndex? { index.field(path) }

    /// What points have in a declared field, in the order of `ids`; nothing for those that are gone.
    package func values(at path: String, of ids: [PointID]) -> [[FilterValue]] {
        guard let field = index.field(path) else { return ids.map { _ in [] } }
        return directory.entries(of: ids).map { $0.map { field.values(of: $0.ordinal.rawValue) } ?? [] }
    }

    /// The ids of points, as many as `limit`, in the order of their ordinals.
    package func ids(of ordinals: Bitmap, limit: Int) -> [PointID] {
        directory.ids(of: ordinals.ordinals(from: 0, limit: limit).map { Ordinal($0) }).compactMap { $0 }
    }

    /// The points of these ids as a set; those that are gone are left out.
    package func ordinals(of ids: some Sequence<PointID>) -> Bitmap {
        Bitmap(directory.entries(of: Array(ids)).compactMap { $0?.ordinal.rawValue }.sorted())
    }
}

extension VectorCollection {
    /// The collection's schema as it is now.
    package func schema() throws(IlkError) -> CollectionSchema { try content().schema }

    /// Reads a filter, in either form, without asking it.
    package func expression(_ filter: WireFilter) throws(IlkError) -> FilterExpression {
        try content().expression(filter)
    }

    /// Lends the declared fields, and the points that pass a filter; `body` is to be short, for writes wait meanwhile.
    package func withFields<R: Sendable>(
        passing filter: FilterExpression? = nil, _ body: (FieldView) throws(IlkError) -> R
    ) throws(IlkError) -> R {
        let content = try content()
        let matching = try content.admitted(filter)
        return try content.filters.withIndex { index, live throws(IlkError) in
            try body(FieldView(index: index, directory: content.directory, matching: matching ?? live))
        }
    }
}
