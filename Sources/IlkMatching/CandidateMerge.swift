import IlkProtocol
import IlkVectors

/// A candidate of one or several channels.
struct MatchCandidate: Sendable {
    var ordinal: Ordinal
    var score: Float
    /// Where each channel had it, from 1, in the order of the channels; the first stands apart, for most have no other.
    private var firstRank: (channel: Int, rank: Int)?
    private var otherRanks: [(channel: Int, rank: Int)] = []
    /// What speaks for it in the channel that speaks loudest.
    var evidence: Evidence
    var loudest: Int
    private(set) var loudness: Float

    /// A candidate that no channel brought.
    init(unranked ordinal: Ordinal) {
        self.ordinal = ordinal
        score = 0
        evidence = .none
        loudest = -1
        loudness = 0
    }

    init(_ recalled: Recalled, channel: Int, rank: Int, part: Float) {
        ordinal = recalled.ordinal
        score = part
        firstRank = (channel, rank)
        evidence = recalled.evidence
        loudest = channel
        loudness = part
    }

    /// Where each channel had it, from 1, in the order of the channels.
    var ranks: [(channel: Int, rank: Int)] { (firstRank.map { [$0] } ?? []) + otherRanks }

    mutating func add(_ recalled: Recalled, channel: Int, rank: Int, part: Float) {
        score += part
        otherRanks.append((channel, rank))
        if part > loudness { (loudness, loudest, evidence) = (part, channel, recalled.evidence) }
    }
}

/// Puts what several channels bring into one order.
enum CandidateMerge {
    /// How fast a rank loses worth: 60 in Cormack, Clarke & Büttcher (SIGIR 2009), less here, where lists are short.
    private static let rankConstant: Float = 20

    /// The candidates, best first; equal ones by ordinal.
    ///
    /// - Parameters:
    ///   - channels: what each brought, best first, and how much it counts.
    ///   - method: by ranks, or by scores of which each channel's largest is 1.
    /// - Returns: each candidate once.
    static func merge(
        _ channels: [(recalled: [Recalled], weight: Float)], by method: MatchItems.Merge
    ) -> [MatchCandidate] {
        let most = channels.reduce(0) { $0 + $1.recalled.count }
        var candidates = ValuesByNumber<MatchCandidate>(capacity: most)
        for (channel, (recalled, weight)) in channels.enumerated() {
            let largest = recalled.first.map { max($0.score, .leastNormalMagnitude) } ?? 1
            for (index, entry) in recalled.enumerated() {
                let rank = index + 1
                let share: Float =
                    switch method {
                    case .ranks: rankConstant / (rankConstant + Float(rank))
                    case .scores: max(0, entry.score / largest)
                    }
                let part = weight * share
                let end = candidates.count
                let place = candidates.place(
                    of: entry.ordinal.rawValue,
                    orInsert: MatchCandidate(entry, channel: channel, rank: rank, part: part))
                if place < end { candidates.values[place].add(entry, channel: channel, rank: rank, part: part) }
            }
        }
        return sorted(candidates.values)
    }

    static func sorted(_ candidates: [MatchCandidate]) -> [MatchCandidate] {
        // Keys are sorted, and each candidate is moved once.
        var keys = candidates.indices.map { place in
            (score: candidates[place].score, ordinal: candidates[place].ordinal, place: place)
        }
        keys.sort { $0.score != $1.score ? $0.score > $1.score : $0.ordinal < $1.ordinal }
        return keys.map { candidates[$0.place] }
    }
}
