import IlkEmbedding
package import IlkProtocol
import IlkVectors

/// What a field's model made of the text of a search.
package struct EmbeddedText: Sendable {
    package var vector: [Float]
    /// That of the model which made it.
    package var fingerprint: String
}

extension VectorCollection {
    /// Embeds the texts of searches: nil for those that need none.
    ///
    /// `completion` is called once, on any thread, which is not to be held up; with an error where one of the texts cannot
    /// be embedded. It blocks while the model is being opened: see ``isModelOpen(for:)``.
    package func embedTexts(
        of requests: [SearchRequest], completion: @escaping Completion<[EmbeddedText?]>
    ) {
        do throws(IlkError) {
            let content = try content()
            var texts: [(field: Int, place: Int, text: String)] = []
            for (place, request) in requests.enumerated() {
                guard let (field, text) = try SearchQuestion(request, content.schema).textToEmbed else { continue }
                texts.append((field, place, text))
            }
            guard let first = texts.first else { return completion(.success(requests.map { _ in nil })) }
            guard texts.allSatisfy({ $0.field == first.field }) else {
                throw IlkError(
                    .invalidRequest, "the searches of a batch by text use one vector field; send two batches")
            }
            let field = content.schema.vectors[first.field]
            let (embedder, model) = try content.schema.model(of: first.field, options.embedder)
            let task = EmbeddingTask(
                texts: texts.map(\.text), kind: .query, dimensions: field.dimension, truncate: .end, lane: .interactive)
            embedder.embed(task, with: model) { [texts] result in
                completion(
                    result.map { vectors in
                        var embedded = [EmbeddedText?](repeating: nil, count: requests.count)
                        for (text, vector) in zip(texts, vectors) {
                            embedded[text.place] = EmbeddedText(
                                vector: vector.vector, fingerprint: model.fingerprint)
                        }
                        return embedded
                    })
            }
        } catch {
            completion(.failure(error))
        }
    }
}

extension VectorCollection {
    /// The vector field that texts are embedded for: the named one, or the only one that has a model.
    ///
    /// - Returns: its place in the schema; nil where none has a model and none is named.
    /// - Throws: `not_found` with the names there are, or `invalid_request` where a name is needed or has no model.
    package func modelField(named name: String?) throws(IlkError) -> Int? {
        let schema = try content().schema
        let models = schema.vectors.indices.filter { schema.vectors[$0].model != nil }
        if name == nil, models.count < 2 { return models.first }
        let field = try schema.vectorField(named: name)
        guard schema.vectors[field].model != nil else {
            throw IlkError(
                .invalidRequest,
                "vector field '\(schema.vectors[field].name)' has no model that could embed a theme; name another one in 'using'"
            )
        }
        return field
    }

    /// That of the model which filled a field.
    package func fingerprint(ofField field: Int) throws(IlkError) -> String? {
        let schema = try content().schema
        return schema.fingerprints[schema.vectors[field].name]
    }

    /// Embeds texts by a field's model, on a thread that may block; nil for those that say nothing.
    package func embed(
        _ texts: [String], field: Int, kind: EmbeddingKind, inBulk: Bool = false
    ) throws(IlkError) -> [EmbeddedText?] {
        guard !texts.isEmpty else { return [] }
        let schema = try content().schema
        let (embedder, model) = try schema.model(of: field, options.embedder)
        let task = EmbeddingTask(
            texts: texts, kind: kind, dimensions: schema.vectors[field].dimension, truncate: .end, blanks: .pass,
            lane: inBulk ? .bulk : .interactive)
        return try embedder.vectors(of: task, with: model).map { text in
            text.vector.isEmpty ? nil : EmbeddedText(vector: text.vector, fingerprint: model.fingerprint)
        }
    }

    /// Whether the text of a search, if it has one, can be embedded without waiting for a model to be opened.
    package func isModelOpen(for request: SearchRequest) -> Bool {
        guard let content = try? content(), let question = try? SearchQuestion(request, content.schema),
            let (field, _) = question.textToEmbed
        else { return true }  // the refusal is quick
        return options.embedder?.openModel(named: content.schema.vectors[field].model) != nil
    }
}

extension CollectionSchema {
    /// The model of a field, which is the one that filled it.
    ///
    /// - Throws: `unavailable` where the model is not there, `model_mismatch` where another has its name.
    func model(of field: Int, _ embedder: Embedder?) throws(IlkError) -> (Embedder, EmbeddingModel) {
        let field = vectors[field]
        guard let embedder else {
            throw IlkError(.unavailable, "texts cannot be embedded here: start the daemon for that", retryable: false)
        }
        let model = try embedder.model(named: field.model)
        guard fingerprints[field.name] == model.fingerprint else {
            throw IlkError(
                .modelMismatch,
                "field '\(field.name)' was filled by \(fingerprints[field.name] ?? "another model"), and '\(model.name)' is \(model.fingerprint) now; put the old model back, or fill the field anew with collection.reembed"
            )
        }
        return (embedder, model)
    }
}

extension CollectionContent {
    /// Embeds the texts of versions that wait, on this thread.
    ///
    /// - Throws: why the models cannot do it now; texts that say nothing get no vector.
    func embed(
        _ rows: [PendingRow], lane: EmbeddingFeed.Lane, _ embedder: Embedder?
    ) throws(IlkError) -> [EmbeddingFeed.Embedded] {
        let texts = try store.read("read the texts") { database in
            let records = Records(database: database)
            return try rows.map { try reader.texts(of: records.payload($0.ordinal)?.parsed()) }
        }
        var embedded = rows.map { _ in EmbeddingFeed.Embedded(fills: [], truncated: 0) }
        for field in schema.vectors.indices {
            let bit: UInt64 = 1 << UInt64(field)
            let places = rows.indices.filter { rows[$0].fields & bit != 0 }
            guard !places.isEmpty else { continue }
            let vectors = try schema.vectors(
                of: places.map { texts[$0].sources[field] }, field: field, lane: lane, embedder)
            let fingerprint = schema.fingerprints[schema.vectors[field].name] ?? ""
            for (place, vector) in zip(places, vectors) {
                embedded[place].truncated += vector.truncated
                embedded[place].fills.append(
                    VectorFill(
                        ordinal: rows[place].ordinal, born: rows[place].born, field: field, fingerprint: fingerprint,
                        vector: vector.vector))
            }
        }
        return embedded
    }
}

extension CollectionSchema {
    /// The vectors of a field's texts: of each the weighted sum of its parts, of length 1; nil where it says nothing.
    func vectors(
        of texts: [[PointTexts.Part]], field: Int, lane: EmbeddingFeed.Lane, _ embedder: Embedder?
    ) throws(IlkError) -> [(vector: [Float]?, truncated: Int)] {
        let (embedder, model) = try model(of: field, embedder)
        let task = EmbeddingTask(
            texts: texts.flatMap { $0.map(\.text) }, kind: .passage, dimensions: self.vectors[field].dimension,
            truncate: .end, blanks: .pass, lane: lane == .small ? .interactive : .bulk)
        let vectors = try embedder.vectors(of: task, with: model)
        var next = 0
        return texts.map { parts in
            let mine = vectors[next..<next + parts.count]
            next += parts.count
            return (Self.sum(zip(parts, mine)), mine.count { $0.truncated })
        }
    }

    private static func sum(_ parts: some Sequence<(PointTexts.Part, TextVector)>) -> [Float]? {
        var sum: [Float] = []
        var count = 0
        for (part, text) in parts where !text.vector.isEmpty {
            count += 1
            if sum.isEmpty { sum = [Float](repeating: 0, count: text.vector.count) }
            for place in sum.indices { sum[place] += part.weight * text.vector[place] }
        }
        guard count > 1 else { return parts.first { !$0.1.vector.isEmpty }?.1.vector }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? sum.map { $0 / length } : nil
    }
}
