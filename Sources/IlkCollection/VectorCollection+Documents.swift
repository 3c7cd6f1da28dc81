import GRDB
import IlkEmbedding
package import IlkProtocol
import IlkVectors

/// A document as it shall be stored: its passages become points.
package struct DocumentDraft: Sendable {
    package var id: String
    /// What is kept of the document beside its text.
    package var value: JSONText
    /// The text that passages cite.
    package var text: String
    /// The payloads of the passages, in order.
    package var passages: [JSONText]

    package init(id: String, value: JSONText, text: String, passages: [JSONText]) {
        self.id = id
        self.value = value
        self.text = text
        self.passages = passages
    }
}

extension VectorCollection {
    /// What the collection is for.
    package func kind() throws(IlkError) -> CollectionKind { try content().schema.kind }

    /// Inserts documents, or replaces those that are there: each wholly, or not at all.
    ///
    /// Passages whose texts the document had before keep their vectors. `completion` is called once, on any thread.
    package func upsert(
        _ documents: [DocumentDraft], wait: WriteWait, completion: @escaping Completion<WriteReceipt>
    ) {
        submit(wait, completion) { writer throws(IlkError) in
            let content = writer.content
            var changes: [DocumentChange] = []
            for document in documents {
                var passages: [PreparedPoint] = []
                for (place, payload) in document.passages.enumerated() {
                    let point = UpsertPoint(
                        id: passageID(document: document.id, passage: place), vectors: [], payload: payload)
                    passages.append(try content.prepare(point, place: place, fingerprint: nil))
                }
                changes.append(
                    DocumentChange(id: document.id, value: document.value, text: document.text, passages: passages))
            }
            return .documents(changes)
        }
    }

    /// Deletes documents with their passages; those that are not there are passed over.
    package func deleteDocuments(_ ids: [String], completion: @escaping Completion<WriteReceipt>) {
        submit(.durable, completion) { _ throws(IlkError) in
            .documents(ids.map { DocumentChange(id: $0, value: nil, text: "", passages: []) })
        }
    }

    /// Documents by id, in the order asked for; nil where there is none.
    ///
    /// - Throws: what `refusing` says of the texts' length, as soon as it is too long.
    package func documents(
        _ ids: [String], withText: Bool, refusing: ReplyLimit = { _ in nil }
    ) throws(IlkError) -> [StoredDocument?] {
        try content().store.read("read documents") { database in
            let records = Records(database: database)
            var bytes = 0
            return try ids.map { id in
                let document = try withText ? records.documentWithText(id) : records.document(id)
                bytes += (document?.text.utf8.count ?? 0) + (document?.value.bytes.count ?? 0)
                if let refusal = refusing(bytes) { throw refusal }
                return document
            }
        }
    }

    /// Documents without their texts, in the order of first insertion, a page at a time.
    package func documents(
        after cursor: String?, limit: Int
    ) throws(IlkError) -> (documents: [StoredDocument], nextCursor: String?) {
        var after: Int64 = 0
        if let cursor {
            guard let key = Int64(cursor), key >= 0 else {
                throw IlkError(
                    .invalidRequest, "cursor '\(cursor)' is not one of ilk's; send 'next_cursor' of the page before")
            }
            after = key
        }
        var found = try content().store.read("list documents") { [after] database in
            try Records(database: database).documents(after: after, limit: limit + 1)
        }
        guard found.count > limit else { return (found, nil) }
        found.removeLast()
        return (found, found.last.map { String($0.key) })
    }

    /// How many documents there are.
    package func documentCount() throws(IlkError) -> Int {
        try content().store.read("count documents") { try Records(database: $0).countDocuments() }
    }

    /// Payloads of passages by document and place; nil where there is none.
    package func passages(_ places: [(document: String, passage: Int)]) throws(IlkError) -> [JSONText?] {
        let content = try content()
        return try content.store.read("read passages") { database in
            let records = Records(database: database)
            return try places.map { place in
                guard let row = try records.point(passageID(document: place.document, passage: place.passage)),
                    content.isFound(row)
                else { return nil }
                return try records.payload(row.ordinal)
            }
        }
    }

    /// How the model of the passages counts, and how much it takes.
    ///
    /// It blocks while the model is being opened.
    package func passageModel() throws(IlkError) -> PassageModel {
        let content = try content()
        let (_, model) = try content.schema.model(of: 0, options.embedder)
        return PassageModel(
            name: model.name, limit: model.maximumTokens.map { max(0, $0 - model.overhead(.passage)) },
            countsCharacters: model.traits.format == .hash, count: { model.tokenCount($0) })
    }
}

/// What the keeper of documents must know of the model that embeds their passages.
package struct PassageModel: Sendable {
    package var name: String
    /// Tokens that a text may have, without the model's prompt; nil where there is no limit.
    package var limit: Int?
    /// Whether its tokens are characters and not parts of words.
    package var countsCharacters: Bool
    /// Tokens of a text, without prompt.
    package var count: @Sendable (String) -> Int
}
