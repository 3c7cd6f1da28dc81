import IlkCollection
import IlkProtocol
import IlkVectors

/// What is near to a person's interests, and to what the person is after now, in the collection's vector field.
///
/// A candidate's score is the sum of importance / rank over the interests that bring it. So among the first n every
/// interest has its share, as parties have seats by D'Hondt's method, and what serves several interests comes early. A
/// caller's vector takes the interests' place.
struct ContentChannel: RecallChannel {
    let name = "content"

    /// What the person is after now counts as much as this share of interests.
    private static let shortTermImportance: Float = 0.4

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        guard let field = request.field else { return [] }
        var candidates = ValuesByNumber<Recalled>(capacity: 2 * quota)
        for (vector, importance, members, evidence) in questions(request) {
            let wanted = max(10, Int((Float(quota) * min(1, importance * 1.5)).rounded(.up)))
            // Its own members are the nearest, and are skipped; so is what must not come, which lies anywhere.
            let skipped = members + min(request.excluded.count, 16)
            let near = try request.items.nearest(
                to: vector, field: field, k: wanted + skipped, among: request.matching,
                flat: request.passing)
            var rank: Float = 0
            for (ordinal, _) in near where request.admitsNew(ordinal) && Int(rank) < wanted {
                rank += 1
                let candidate = candidates.place(
                    of: ordinal.rawValue, orInsert: Recalled(ordinal, score: 0, evidence: evidence))
                candidates.values[candidate].score += importance / rank
            }
        }
        var best = SmallestFirst(limit: quota)
        for candidate in candidates.values { best.insert(Double(candidate.score), candidate.ordinal.rawValue) }
        return best.descending().compactMap { candidates[$0] }
    }

    private func questions(
        _ request: RecallRequest
    ) -> [(vector: [Float], importance: Float, members: Int, evidence: Evidence)] {
        let vectors = request.vectors
        var questions = vectors.interests.map { interest in
            (interest.vector, interest.importance, interest.members.count, Evidence.own(interest.members[0]))
        }
        if let shortTerm = vectors.shortTerm {
            let newest = request.taste.recent.first { $0.action.strength > 0 }?.item
            questions.append(
                (shortTerm, Self.shortTermImportance, TasteVectors.recentLimit, newest.map { .own($0) } ?? .none))
        } else if questions.isEmpty, let longTerm = vectors.longTerm {
            questions.append((longTerm, 1, 0, .none))
        }
        // Of a direction nothing is left where likes cancel each other out.
        return questions.filter { question in question.0.contains { $0 != 0 } }.map {
            (vector: $0.0, importance: $0.1, members: $0.2, evidence: $0.3)
        }
    }
}
