/// The texts of a point.
struct PointTexts: Sendable, Equatable {
    /// A text that is embedded, and how much its vector counts.
    struct Part: Sendable, Equatable {
        var text: String
        var weight: Float
    }
    /// For each vector field what its model embeds; empty where there is nothing to say, or the caller brings vectors.
    var sources: [[Part]]
    /// For each text field its text.
    var words: [String?]

    /// About how much memory they hold.
    var bytes: Int {
        sources.reduce(0) { $0 + $1.reduce(0) { $0 + $1.text.utf8.count } }
            + words.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }
}
