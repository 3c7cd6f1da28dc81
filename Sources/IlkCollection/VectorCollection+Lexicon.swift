import GRDB
import IlkLexical
package import IlkProtocol
import IlkVectors

extension VectorCollection {
    /// Changes the words that stay whole and the words that mean the same; nil leaves them as they are.
    ///
    /// Other synonyms hold for the next search. Other words are read into a second index while searches and writes go on,
    /// which then takes the place of the first.
    ///
    /// - Returns: how many there are now, and whether the texts had to be read again.
    package func setLexicon(
        words: [String]?, synonyms: [String]?
    ) throws(IlkError) -> (words: Int, synonyms: Int, isReindexed: Bool) {
        let writer = try writer()
        let content = writer.content
        guard let index = content.words else {
            throw IlkError(
                .invalidRequest, "collection '\(name)' has no text fields; create one with \"text\":[\"title\"]")
        }
        var lexicon = try content.store.lexicon()
        lexicon.words = words ?? lexicon.words
        lexicon.synonyms = synonyms ?? lexicon.synonyms
        let analyzer = try lexicon.analyzer()
        let isReindexed = analyzer.fingerprint != index.analyzer.fingerprint
        if isReindexed {
            try reindex(by: analyzer, lexicon, writer)
        } else {
            try writer.between { [lexicon] () throws(IlkError) in
                try content.store.setLexicon(lexicon)
                index.replaceSynonyms(analyzer.synonyms)
            }
        }
        return (lexicon.words.count, lexicon.synonyms.count, isReindexed)
    }

    private func reindex(by analyzer: Analyzer, _ lexicon: Lexicon, _ writer: Writer) throws(IlkError) {
        // An ordinal that was read must mean the same version until the change.
        try writer.perform { $0.ordinals.isReusePaused = true }
        defer { try? writer.perform { $0.ordinals.isReusePaused = false } }
        let content = writer.content
        let index = try LexicalIndex(fields: content.schema.lexicalFields, analyzer: analyzer)
        try content.store.fill(index, with: Set(content.directory.liveOrdinals()), by: content.reader) { _ in }
        let result: Result<Void, IlkError> = try writer.perform { state in
            do throws(IlkError) {
                let content = writer.content
                let live = Set(content.directory.liveOrdinals())
                for ordinal in index.liveOrdinals() where !live.contains(ordinal) { index.remove(ordinal) }
                try content.store.fill(index, with: live, by: content.reader) { _ in }
                try content.store.setLexicon(lexicon)
                state.abandonCheckpoint()
                content.epoch.apply { writer.replaceContent(CollectionContent(content, words: index)) }
                state.changesSinceCheckpoint = max(state.changesSinceCheckpoint, WriterState.checkpointEvery)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}

extension CollectionSchema {
    /// The text fields as the index has them.
    var lexicalFields: [LexicalField] { text.map { LexicalField(name: $0.path, weight: $0.weight) } }
}

extension RecordStore {
    /// The words that stay whole and those that mean the same, as they were last set.
    func lexicon() throws(IlkError) -> Lexicon {
        let text = try read("read the lexicon") {
            try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'lexicon'")
        }
        guard let text else { return Lexicon() }
        return Lexicon(json: try JSONValue.parse(text))
    }

    func setLexicon(_ lexicon: Lexicon) throws(IlkError) {
        try write("keep the lexicon") {
            try $0.execute(sql: "INSERT OR REPLACE INTO meta VALUES('lexicon', ?)", arguments: [lexicon.json.text])
        }
    }

    /// Reads the texts of those of `live` that an index lacks into it; answers how many there were.
    @discardableResult
    func fill(
        _ index: LexicalIndex, with live: Set<Ordinal>, by reader: TextReader, report: (Int) -> Void
    ) throws(IlkError) -> Int {
        let missing = live.filter { !index.contains($0) }
        guard !missing.isEmpty else { return 0 }
        try read("read the texts") { database in
            let records = Records(database: database)
            var done = 0
            func take(_ ordinal: Ordinal, _ payload: JSONText?) throws {
                index.set(reader.texts(of: try payload?.parsed()).words, at: ordinal)
                done += 1
                if done.isMultiple(of: 1_024) { report(done) }
            }
            guard missing.count > live.count / 4 else {
                for ordinal in missing.sorted(by: { $0.rawValue < $1.rawValue }) {
                    try take(ordinal, try records.payload(ordinal))
                }
                return
            }
            var bare = missing
            try records.forEachPayload { ordinal, payload in
                guard missing.contains(ordinal) else { return }
                bare.remove(ordinal)
                try take(ordinal, payload)
            }
            for ordinal in bare { try take(ordinal, nil) }
        }
        return missing.count
    }
}
