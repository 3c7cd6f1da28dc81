package import IlkProtocol
import IlkVectors

/// What a write answers when it is durable and visible.
package struct WriteReceipt: Sendable, Equatable {
    /// How many points were upserted, patched or deleted.
    package var count: Int
    /// The collection's sequence after this write: one more for each point that changed.
    package var sequence: UInt64
    /// Texts that went to a model because of this write.
    package var embedded = 0
    /// Texts that were as before, so that their vectors stayed.
    package var unchanged = 0
    /// Texts that were longer than their model takes, and were cut at the end.
    package var truncated = 0

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
    /// By place of the field in the schema; nil where the caller brings none.
    var vectors: [[Float]?]
    var payload: JSONText?
    /// Until when the point is found.
    var expiry: PointExpiry
    /// What the payload says to models and searches by words.
    var texts: PointTexts

    /// Bit `n` is set where there is a vector for field `n`.
    var fields: UInt64 {
        vectors.indices.reduce(0) { vectors[$1] == nil ? $0 : $0 | 1 << UInt64($1) }
    }

    /// Bit `n` is set where field `n` has no vector, and a text for its model.
    var textFields: UInt64 {
        texts.sources.indices.reduce(0) {
            texts.sources[$1].isEmpty || vectors[$1] != nil ? $0 : $0 | 1 << UInt64($1)
        }
    }
}

extension PreparedPoint {
    /// About how much memory the point holds while it waits.
    var bytes: Int {
        128 + (payload?.bytes.count ?? 0) + texts.bytes + vectors.reduce(0) { $0 + ($1?.count ?? 0) * 4 }
    }
}

/// A vector that a model made for a version of a point.
struct VectorFill: Sendable {
    var ordinal: Ordinal
    var born: UInt64
    var field: Int
    /// That of the model which made the vector.
    var fingerprint: String
    /// Nil where the model had nothing to embed: the version has no vector in this field.
    var vector: [Float]?
}

/// One request of a writer, decided when it is applied: a filter is resolved to ids by the writer itself.
enum WriteOperation: Sendable {
    case upsert([PreparedPoint])
    case patch(PointSelection, JSONObject, PointExpiry?)
    case delete(PointSelection)
    /// Deletes up to so many of the points that have expired.
    case expire(Int)
    /// Vectors that models owed.
    case fill([VectorFill])
    /// Documents with their passages; see ``DocumentChange``.
    case documents([DocumentChange])

    /// Points that the operation names; 1 for a filter.
    var size: Int {
        switch self {
        case .upsert(let points): points.count
        case .patch(.ids(let ids), _, _), .delete(.ids(let ids)): ids.count
        case .patch(.filter, _, _), .delete(.filter): 1
        case .expire(let limit): limit
        case .fill(let fills): fills.count
        case .documents(let changes): changes.reduce(0) { $0 + 1 + $1.passages.count }
        }
    }

    /// About how much memory the operation holds while it waits.
    var bytes: Int {
        switch self {
        case .upsert(let points): points.reduce(0) { $0 + $1.bytes }
        case .documents(let changes):
            changes.reduce(0) { $0 + $1.text.utf8.count + $1.passages.reduce(0) { $0 + $1.bytes } }
        case .fill(let fills): fills.reduce(0) { $0 + 64 + ($1.vector?.count ?? 0) * 4 }
        case .patch, .delete, .expire: 256 + size * 64
        }
    }

    /// Whether the operation must see the collection as all earlier ones left it.
    var needsFilter: Bool {
        switch self {
        case .patch(.filter, _, _), .delete(.filter): true
        default: false
        }
    }
}

/// A step from the committed rows to the indexes in memory.
enum IndexChange {
    /// A new ordinal with its vectors; the point's earlier ordinal, if any, is vacated by a step of its own.
    case insert(PointID, PointDirectory.Entry, vectors: [[Float]?], payload: JSONText?, words: [String?])
    case payload(Ordinal, JSONText?)
    /// Until when a version is found.
    case expiry(Ordinal, PointExpiry)
    /// A vector that comes after its point; `entry` has the field's bit.
    case fill(PointID, PointDirectory.Entry, field: Int, vector: [Float])
    /// A version waits for its models, or no longer does.
    case pending(PendingRow)
    /// The ordinal is no longer anyone's.
    case vacate(PointDirectory.Entry)
    case remove(PointID, PointDirectory.Entry)
}
