package import IlkProtocol
import IlkVectors

/// What a write answers when it is durable and visible.
package struct WriteReceipt: Sendable, Equatable {
    /// How many points were upserted, patched or deleted.
    package var count: Int
    /// The collection's sequence after this write: one more for each point that changed.
    package var sequence: UInt64

    package init(count: Int, sequence: UInt64) {
        self.count = count
        self.sequence = sequence
    }
}

/// Called once, on the writer's thread, with what became of a request.
package typealias Completion<Success> = @Sendable (Result<Success, IlkError>) -> Void

/// A point whose vectors and payload are checked against the schema.
struct PreparedPoint: Sendable {
    var id: PointID
    /// By place of the field in the schema; nil where the point has none.
    var vectors: [[Float]?]
    var payload: JSONText?

    /// Bit `n` is set where there is a vector for field `n`.
    var fields: UInt64 {
        vectors.indices.reduce(0) { vectors[$1] == nil ? $0 : $0 | 1 << UInt64($1) }
    }
}

/// One request of a writer, decided when it is applied: a filter is resolved to ids by the writer itself.
enum WriteOperation: Sendable {
    case upsert([PreparedPoint])
    case patch(PointSelection, JSONObject)
    case delete(PointSelection)

    /// Points that the operation names; 1 for a filter.
    var size: Int {
        switch self {
        case .upsert(let points): points.count
        case .patch(.ids(let ids), _), .delete(.ids(let ids)): ids.count
        case .patch(.filter, _), .delete(.filter): 1
        }
    }

    /// About how much memory the operation holds while it waits.
    var bytes: Int {
        guard case .upsert(let points) = self else { return 256 + size * 64 }
        return points.reduce(0) { sum, point in
            sum + 128 + (point.payload?.bytes.count ?? 0) + point.vectors.reduce(0) { $0 + ($1?.count ?? 0) * 4 }
        }
    }

    /// Whether the operation must see the collection as all earlier ones left it.
    var needsFilter: Bool {
        switch self {
        case .patch(.filter, _), .delete(.filter): true
        default: false
        }
    }
}

/// A step from the committed rows to the indexes in memory.
enum IndexChange {
    /// A new ordinal with its vectors; the point's earlier ordinal, if any, is vacated by a step of its own.
    case insert(PointID, PointDirectory.Entry, vectors: [[Float]?], payload: JSONText?)
    case payload(Ordinal, JSONText?)
    /// The ordinal is no longer anyone's.
    case vacate(PointDirectory.Entry)
    case remove(PointID, PointDirectory.Entry)
}
