import IlkProtocol
import IlkVectors

/// What becomes of one document of a knowledge base.
struct DocumentChange: Sendable {
    var id: String
    /// What is kept of the document beside its text; nil removes it.
    var value: JSONText?
    /// The text that passages cite.
    var text: String
    /// The passages, in order.
    var passages: [PreparedPoint]
}

/// The id of a passage, which is a point: its document's, and its place in it.
func passageID(document: String, passage: Int) -> PointID { .string("\(document)#\(passage)") }

extension WriteGroup {
    /// Replaces documents, each with all of its passages; texts of passages that were there before keep their vectors.
    mutating func apply(_ changes: [DocumentChange], _ receipt: inout WriteReceipt) throws {
        try reserve(changes.reduce(0) { $0 + $1.passages.count })
        for change in changes {
            let old = try records.document(change.id)
            guard let value = change.value else {
                guard let old else { continue }
                _ = try delete((0..<old.passages).map { passageID(document: change.id, passage: $0) })
                try records.deleteDocument(change.id)
                receipt.count += 1
                continue
            }
            var known = KnownTexts()
            for passage in 0..<(old?.passages ?? 0) {
                guard let entry = entry(of: passageID(document: change.id, passage: passage)) else { continue }
                let texts = reader.texts(of: try records.payload(entry.ordinal)?.parsed())
                for (field, parts) in texts.sources.enumerated() where !parts.isEmpty {
                    guard let vector = try records.vector(entry.ordinal, field: field) else { continue }
                    known.add(vector, field: field, parts)
                }
            }
            for passage in change.passages { try upsert(passage, reusing: known, &receipt) }
            let surplus = change.passages.count..<max(change.passages.count, old?.passages ?? 0)
            _ = try delete(surplus.map { passageID(document: change.id, passage: $0) })
            try records.setDocument(change.id, value: value, text: change.text, passages: change.passages.count)
            receipt.count += 1
        }
    }
}
