import IlkCollection
package import IlkProtocol

extension Merchandiser {
    /// The themes that somebody likes most, with their products.
    ///
    /// Liked is what is nearer to one of the person's interests than themes are on the whole. Products are those among
    /// which covers are looked for: selected once in five minutes. It blocks while themes are embedded.
    ///
    /// - Parameters:
    ///   - visitor: what the person likes.
    ///   - count: themes at most.
    ///   - now: seconds since 1970.
    /// - Returns: best first, each with a share over 0 and up to 1; none where nothing is known of the person.
    /// - Throws: `unavailable` while the collection is loading.
    package func liked(
        by visitor: Visitor, count: Int, at now: Double
    ) throws(IlkError) -> [(title: String, share: Double, products: [PointID])] {
        guard !visitor.interests.isEmpty, let field = visitor.field else { return [] }
        guard try collection.schema().vectors[field].model != nil else { return [] }
        let vectors = try shelf.vectors(field: field, in: collection)
        var affinities: [(number: Int64, theme: WireTheme, affinity: Double)] = []
        for (number, theme) in try shelf.all(in: collection) {
            guard let affinity = vectors[number].flatMap({ visitor.affinity(to: $0) }) else { continue }
            affinities.append((number, theme, affinity))
        }
        affinities.sort { ($0.affinity, $1.number) > ($1.affinity, $0.number) }
        guard let most = affinities.first?.affinity else { return [] }
        let mean = affinities.reduce(0) { $0 + $1.affinity } / Double(affinities.count)
        let covers = try collection.companion { Covers() }
        return affinities.prefix(count).compactMap { number, theme, affinity in
            // Of one theme alone the mean is its own.
            let share = most > mean ? (affinity - mean) / (most - mean) : 1
            guard share > 0 else { return nil }
            return (theme.title, share, covers.products(of: theme, number, in: collection, at: now))
        }
    }
}
