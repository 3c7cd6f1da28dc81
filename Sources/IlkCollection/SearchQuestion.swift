import IlkProtocol
import IlkVectors

/// What a search asks, once the schema has been looked at: which legs it has, and what each looks for.
struct SearchQuestion: Sendable {
    /// The vector field and what to be near to; nil where only words are searched.
    var dense: DenseQuery?
    /// The words; nil where only vectors are searched.
    var words: String?

    struct DenseQuery: Sendable {
        var field: Int
        var query: SearchRequest.Query
    }

    /// The text that a model must embed before the search can run; nil where there is none.
    var textToEmbed: (field: Int, text: String)? {
        guard let dense, case .text(let text) = dense.query else { return nil }
        return (dense.field, text)
    }

    /// Reads what a request means for a collection of this schema.
    ///
    /// - Throws: `invalid_request` where a leg is asked for that the collection has not, `model_mismatch` for a vector
    ///   of another model.
    init(_ request: SearchRequest, _ schema: CollectionSchema) throws(IlkError) {
        let text: String? = if case .text(let text) = request.query { text } else { request.words }
        let mode = try Self.mode(request, schema, hasText: text != nil)
        if mode != .lexical && (mode == .dense || request.weights.dense > 0) {
            let field = try Self.field(request, schema)
            if case .vector = request.query {
                try schema.check(fingerprint: request.fingerprint, field: field, what: "the query vector")
            }
            dense = DenseQuery(field: field, query: request.query)
        }
        if mode != .dense && (mode == .lexical || request.weights.lexical > 0) {
            guard let text else {
                throw IlkError(.invalidRequest, "mode '\(mode.rawValue)' needs 'text': which words shall be found?")
            }
            guard !schema.text.isEmpty else {
                throw IlkError(
                    .invalidRequest,
                    "mode '\(mode.rawValue)' searches words, and this collection has no text fields; create one with \"text\":[\"title\"], or use mode 'dense'"
                )
            }
            words = text
        }
    }

    private static func mode(
        _ request: SearchRequest, _ schema: CollectionSchema, hasText: Bool
    ) throws(IlkError) -> SearchMode {
        if let mode = request.mode { return mode }
        guard hasText else { return .dense }
        let hasModel: Bool =
            if case .text = request.query { schema.vectors.contains { $0.model != nil } } else { true }
        switch (hasModel, !schema.text.isEmpty) {
        case (true, true): return .hybrid
        case (true, false): return .dense
        case (false, true): return .lexical
        case (false, false):
            throw IlkError(
                .invalidRequest,
                "this collection has neither a vector field with a model nor text fields, so it cannot be searched by 'text'; send a 'vector'"
            )
        }
    }

    /// The field that is meant; a search by text without a name means the only one that has a model.
    private static func field(_ request: SearchRequest, _ schema: CollectionSchema) throws(IlkError) -> Int {
        guard case .text = request.query else { return try schema.vectorField(named: request.using) }
        let models = schema.vectors.indices.filter { schema.vectors[$0].model != nil }
        if request.using == nil, models.count == 1 { return models[0] }
        let field = try schema.vectorField(named: request.using)
        guard schema.vectors[field].model != nil else {
            throw IlkError(
                .invalidRequest,
                "vector field '\(schema.vectors[field].name)' has no model that could embed 'text'; send a 'vector', or search with mode 'lexical'"
            )
        }
        return field
    }
}
