import IlkCollection
import IlkProtocol
import IlkVectors
import Synchronization

/// The products of venues, from which covers are taken: selected when first needed, and again when they are old.
final class Covers: CollectionCompanion {
    private struct Entry {
        var theme: WireTheme
        var madeAt: Double
        var products: [PointID]
    }
    private let entries = Mutex<[Int64: Entry]>([:])

    /// How long a selection serves, in seconds.
    private static let age = 300.0
    /// Products of a selection among which a cover is looked for.
    private static let products = 60

    /// The products of a theme, best first; none where it cannot be filled.
    func products(
        of theme: WireTheme, _ number: Int64, in collection: VectorCollection, at now: Double
    ) -> [PointID] {
        if let known = entries.withLock({ $0[number] }), known.theme == theme,
            (0..<Self.age).contains(now - known.madeAt)
        {
            return known.products
        }
        // A venue without products is shown without a cover; theme.select says what is wrong with it.
        let selection = try? ProductSelector(SelectionRules(), in: collection).select(
            for: theme, size: Self.products)
        let products = selection?.products.map(\.id) ?? []
        entries.withLock { $0[number] = Entry(theme: theme, madeAt: now, products: products) }
        return products
    }
}

/// Somebody to whom venues are shown: what this person likes, as vectors of a field.
package struct Visitor: Sendable {
    /// A vector for each thing that the person likes, of any length but 0; none where nothing is known.
    package var interests: [[Float]]
    /// The vector field that they are of.
    package var field: Int?

    package init(interests: [[Float]] = [], field: Int? = nil) {
        self.interests = interests
        self.field = field
    }

    /// The largest cosine of a vector with one of the interests; nil where nothing is known.
    func affinity(to vector: [Float]) -> Double? {
        let norm = Kernels.dot(vector.span, vector.span).squareRoot()
        guard norm > 0 else { return nil }
        return interests.compactMap { interest -> Double? in
            guard interest.count == vector.count else { return nil }
            let own = Kernels.dot(interest.span, interest.span).squareRoot()
            guard own > 0 else { return nil }
            return Double(Kernels.dot(interest.span, vector.span) / (own * norm))
        }.max()
    }

    /// Which of these products is nearest to one of the interests; the first, where nothing is known.
    func cover(among products: [PointID], in view: ItemView) -> PointID? {
        guard let field, !interests.isEmpty else { return products.first { view.ordinal(of: $0) != nil } }
        var best: (id: PointID, affinity: Double)?
        for (id, ordinal) in zip(products, view.ordinals(of: products)) {
            guard let ordinal else { continue }
            let affinity = view.vector(field, at: ordinal).flatMap { self.affinity(to: $0) } ?? -2
            if affinity > best?.affinity ?? -.infinity { best = (id, affinity) }
        }
        return best?.id
    }
}
