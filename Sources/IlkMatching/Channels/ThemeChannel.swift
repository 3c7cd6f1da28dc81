import IlkCollection
package import IlkProtocol
import IlkVectors

/// A theme that a person likes, with its products: what the channel `theme` brings.
///
/// Which themes somebody likes, themes know; so a match is told.
package struct LikedTheme: Sendable {
    package var title: String
    /// How much it is liked, beside the others: over 0, at most 1.
    package var share: Float
    /// Best first.
    package var products: [PointID]

    package init(title: String, share: Float, products: [PointID]) {
        self.title = title
        self.share = share
        self.products = products
    }
}

/// Products of the themes that the person likes.
struct ThemeChannel: RecallChannel {
    let name = "theme"

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        var recalled: [Recalled] = []
        var places = ValuesByNumber<Int>()
        for theme in request.themes {
            for (rank, ordinal) in request.items.ordinals(of: theme.products).enumerated() {
                guard let ordinal else { continue }
                let score = theme.share * CandidateMerge.share(ofRank: rank + 1)
                let end = recalled.count
                let place = places.values[places.place(of: ordinal.rawValue, orInsert: end)]
                if place == end {
                    recalled.append(Recalled(ordinal, score: score, evidence: .theme(theme.title)))
                } else if score > recalled[place].score {
                    recalled[place] = Recalled(ordinal, score: score, evidence: .theme(theme.title))
                }
            }
        }
        return request.best(quota, of: recalled, new: true)
    }
}
