import Foundation
import IlkLexical
import IlkProtocol
import IlkVectors

extension CollectionLoading {
    /// The words of the text fields: the checkpoint and what came after it, or every payload read anew.
    ///
    /// - Returns: the index, nil where there are no text fields; and how many payloads had to be read.
    /// - Throws: what SQLite says, where the payloads cannot be read.
    static func readWords(
        of meta: RecordStore.Meta, folder: String, births: Births, store: RecordStore, _ reader: TextReader,
        report: (Int) -> Void
    ) throws(IlkError) -> (LexicalIndex?, unread: Int) {
        guard reader.hasWords else { return (nil, 0) }
        let analyzer = try store.lexicon().analyzer()
        let index: LexicalIndex
        if let kept = checkpoint(of: meta, folder: folder, analyzer: analyzer) {
            index = kept
        } else {
            index = try LexicalIndex(fields: meta.schema.lexicalFields, analyzer: analyzer)
        }
        // As with graphs: an ordinal is a version, so the difference of the sets is what happened after the checkpoint.
        let live = Set(births.map(\.ordinal))
        for ordinal in index.liveOrdinals() where !live.contains(ordinal) { index.remove(ordinal) }
        return (index, try store.fill(index, with: live, by: reader, report: report))
    }

    /// What the checkpoint holds; nil where it is missing, damaged, or of other fields or words: then it is made anew.
    private static func checkpoint(
        of meta: RecordStore.Meta, folder: String, analyzer: Analyzer
    ) -> LexicalIndex? {
        let path = CollectionContent.wordsPath(folder: folder)
        guard FileManager.default.fileExists(atPath: path),
            let (index, sequence) = try? LexicalIndex.open(
                path: path, fields: meta.schema.lexicalFields, analyzer: analyzer),
            sequence <= meta.sequence
        else { return nil }
        return index
    }
}
