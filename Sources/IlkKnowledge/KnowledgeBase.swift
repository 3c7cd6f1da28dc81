package import IlkCollection
package import IlkProtocol

/// Documents that are kept as passages: embedded, searched by their words, and cited.
///
/// It has no state of its own: a document is one row with its text, its passages are points of the collection.
package struct KnowledgeBase: Sendable {
    let collection: VectorCollection

    /// The documents of a collection whose kind is `knowledge`.
    package init(collection: VectorCollection) { self.collection = collection }

    /// The vector field that passages are embedded into.
    package static let vectorField = "passage"

    /// The schema of a new knowledge base; its dimension and fingerprint are still to be taken from the model.
    ///
    /// - Parameters:
    ///   - model: the name of the model that embeds passages.
    ///   - fields: paths into documents' metadata, such as `metadata.lang`, that filters shall be fast on.
    /// - Returns: the schema.
    package static func schema(model: String, fields: [PayloadField]) -> CollectionSchema {
        let own = PayloadField(path: PassageRecord.Key.document, kind: .keyword)
        return CollectionSchema(
            kind: .knowledge,
            vectors: [
                VectorField(
                    name: vectorField, dimension: 0, metric: .cosine, model: model,
                    source: [SourcePart(template: "{context}\n{title}\n{headings}\n{text}")])
            ],
            fields: [own] + fields.filter { $0.path != own.path },
            text: [
                TextField(path: PassageRecord.Key.title), TextField(path: PassageRecord.Key.headings),
                TextField(path: PassageRecord.Key.text), TextField(path: PassageRecord.Key.context),
            ])
    }

    /// Deletes documents with their passages; ids that are not there are passed over.
    package func delete(
        _ ids: [String], completion: @escaping Completion<WriteReceipt>
    ) throws(IlkError) {
        collection.deleteDocuments(ids, completion: completion)
    }

    // MARK: Reading

    /// Documents by id, with their texts and passages where the request says so.
    ///
    /// - Throws: what `refusing` says of the reply's length, as soon as it is too long.
    package func get(
        _ request: DocumentGet, refusing: @escaping ReplyLimit = { _ in nil }
    ) throws(IlkError) -> JSONObject {
        let stored = try collection.documents(request.ids, withText: request.withText, refusing: refusing)
        var documents: [JSONValue] = []
        var missing: [JSONValue] = []
        var bytes = 0
        for (id, document) in zip(request.ids, stored) {
            guard let document else {
                missing.append(.string(id))
                continue
            }
            var json = try DocumentRecord(document).json(of: document)
            bytes += document.text.utf8.count + document.value.bytes.count
            if request.withText { json["text"] = .string(document.text) }
            if request.withPassages {
                json["passages"] = .array(try passages(of: document, &bytes, refusing))
            }
            documents.append(.object(json))
        }
        return JSONObject([("documents", .array(documents)), ("missing", .array(missing))])
    }

    /// Read a few at a time, so that a document of any length is refused before it is in memory.
    private func passages(
        of document: StoredDocument, _ bytes: inout Int, _ refusing: ReplyLimit
    ) throws(IlkError) -> [JSONValue] {
        var passages: [JSONValue] = []
        for start in stride(from: 0, to: document.passages, by: 64) {
            let numbers = start..<min(start + 64, document.passages)
            for payload in try collection.passages(numbers.map { (document.id, $0) }) {
                guard let payload, let record = PassageRecord(try payload.parsed()) else { continue }
                bytes += 96 + record.passage.text.utf8.count
                if let refusal = refusing(bytes) { throw refusal }
                var json = JSONObject([("passage", .int(Int64(record.number)))])
                json.add(record.passage.headings, record.passage.range, record.passage.text, record.passage.tokens)
                passages.append(.object(json))
            }
        }
        return passages
    }

    /// Documents without their texts, in the order of first insertion, a page at a time.
    package func list(_ request: DocumentList) throws(IlkError) -> JSONObject {
        let page = try collection.documents(after: request.cursor, limit: request.limit)
        var documents: [JSONValue] = []
        for document in page.documents {
            documents.append(.object(try DocumentRecord(document).json(of: document)))
        }
        return JSONObject([
            ("documents", .array(documents)), ("next_cursor", page.nextCursor.map { .string($0) } ?? .null),
            ("count", .int(Int64(try collection.documentCount()))),
        ])
    }
}

extension JSONObject {
    /// What is shown of every passage: where it stands and what it says.
    mutating func add(_ headings: [String], _ range: Range<Int>, _ text: String, _ tokens: Int) {
        self["headings"] = .array(headings.map { .string($0) })
        self["start"] = .int(Int64(range.lowerBound))
        self["end"] = .int(Int64(range.upperBound))
        self["text"] = .string(text)
        self["tokens"] = .int(Int64(tokens))
    }
}
