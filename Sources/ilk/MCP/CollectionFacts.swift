import IlkProtocol

/// What a model is told of a collection, from `collection.describe`.
struct CollectionFacts {
    let isKnowledgeBase: Bool
    /// Without its name.
    let members: [(String, JSONValue)]

    init(_ description: JSONValue) {
        isKnowledgeBase = description["kind"]?.string == CollectionKind.knowledge.rawValue
        let vectors = description["vectors"]?.members ?? []
        let texts = description["text"]?.members.map(\.key) ?? []
        let hasModel = vectors.contains { $0.value["model"] != nil }
        let state = description["state"] ?? .null
        var members: [(String, JSONValue)] = [
            ("kind", .string(isKnowledgeBase ? "knowledge base" : "points")),
            (isKnowledgeBase ? "passages" : "points", description["count"] ?? .null), ("state", state),
        ]
        if isKnowledgeBase {
            if let documents = description["documents"] { members.append(("documents", documents)) }
            members.append(("found_with", .string("retrieve")))
        } else {
            let modes: [SearchMode] =
                switch (hasModel, !texts.isEmpty) {
                case (true, true): [.hybrid, .dense, .lexical]
                case (true, false): [.dense]
                case (false, true): [.lexical]
                case (false, false): []
                }
            members.append(
                ("found_with", .string(modes.isEmpty ? "recommend (it has vectors and no texts)" : "search")))
            if !modes.isEmpty { members.append(("modes", .array(modes.map { .string($0.rawValue) }))) }
            if !texts.isEmpty { members.append(("words_of", .array(texts.map { .string($0) }))) }
            if vectors.count > 1 { members.append(("vector_fields", .array(vectors.map { .string($0.key) }))) }
        }
        let waiting = EmbeddingState(description["embedding"]).waiting
        if waiting > 0 { members.append(("not_yet_found_by_meaning", .int(Int64(waiting)))) }
        self.members = members
    }
}
