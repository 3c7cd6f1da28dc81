/// Texts that have vectors already: a passage that moved within its document need not be embedded again.
struct KnownTexts {
    private struct Key: Hashable {
        var field: Int
        var texts: [String]
    }
    private var vectors: [Key: [Float]] = [:]

    mutating func add(_ vector: [Float], field: Int, _ parts: [PointTexts.Part]) {
        vectors[Key(field: field, texts: parts.map(\.text))] = vector
    }

    func vector(_ field: Int, _ parts: [PointTexts.Part]) -> [Float]? {
        vectors.isEmpty ? nil : vectors[Key(field: field, texts: parts.map(\.text))]
    }
}
