import Foundation
import IlkLexical
import IlkProtocol
import IlkVectors

extension CollectionLoading {
    /// The words of the text fields: the checkpoint and what came after it, or every payload read anew.
    ///
    /// - Returns: the index, nil where there are no text fields; and how many payloads had to be read.
    static func readWords(
        of meta: RecordStore.Meta, folder: String, births: Births, store: RecordStore, _ reader: TextReader,
        report: (Int) -> Void
    ) throws(IlkError) -> (LexicalIndex?, unread: Int) {
        guard reader.hasWords else { return (nil, 0) }
        let fields = meta.schema.text.map { LexicalField(name: $0.path, weight: $0.weight) }
        let index = try LexicalIndex(fields: fields)

        // As with graphs: an ordinal is a version, so the difference of the sets is what happened after the checkpoint.
        let live = Set(births.map(\.ordinal))
        for ordinal in index.liveOrdinals() where !live.contains(ordinal) { index.remove(ordinal) }
        let missing = live.filter { !index.contains($0) }
        guard !missing.isEmpty else { return (index, 0) }
        try store.read("read the texts") { database in
            let records = Records(database: database)
            var done = 0
            func take(_ ordinal: Ordinal, _ payload: JSONText?) throws {
                index.set(reader.texts(of: try payload?.parsed()).words, at: ordinal)
                done += 1
                if done.isMultiple(of: 1_024) { report(done) }
            }
            if missing.count > live.count / 4 {
                var bare = missing
                try records.forEachPayload { ordinal, payload in
                    guard missing.contains(ordinal) else { return }
                    bare.remove(ordinal)
                    try take(ordinal, payload)
                }
                for ordinal in bare { try take(ordinal, nil) }
            } else {
                for ordinal in missing.sorted(by: { $0.rawValue < $1.rawValue }) {
                    try take(ordinal, try records.payload(ordinal))
                }
            }
        }
        return (index, missing.count)
    }
}
