import IlkProtocol

/// How far the models of a collection are with its texts, as `collection.describe` tells it.
struct EmbeddingState {
    /// Points whose texts have no vector yet.
    var waiting = 0
    var embedded = 0
    /// Texts of which the end was cut off.
    var truncated = 0
    /// Why it does not go on; nil where it does.
    var problem: String?

    init(_ embedding: JSONValue?) {
        waiting = embedding?["waiting"]?.integer ?? 0
        embedded = embedding?["embedded"]?.integer ?? 0
        truncated = embedding?["truncated"]?.integer ?? 0
        problem = embedding?["problem"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
