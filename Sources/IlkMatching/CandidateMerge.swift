import IlkProtocol
import IlkVectors

/// A candidate of one or several channels.
struct MatchCandidate: Sendable {
    /// Where a channel had it: its place among the request's channels, the rank from 1, and the score as a share of the
    /// channel's largest.
    struct Mention: Sendable {
        var channel: Int
        var rank: Int
        var share: Float
    }

    var ordinal: Ordinal
    var score: Float
    /// The score by which the channels were merged, whatever has become of ``score``.
    var merged: Float
    /// In the order of the channels; the first stands apart, for most have no other.
    private var first: Mention?
    private var others: [Mention] = []
    /// What speaks for it in the channel that speaks loudest.
    var evidence: Evidence
    var loudest: Int
    private(set) var loudness: Float

    /// A candidate that no channel brought.
    init(unranked ordinal: Ordinal) {
        self.ordinal = ordinal
        score = 0
        merged = 0
        evidence = .none
        loudest = -1
        loudness = 0
    }

    init(_ recalled: Recalled, _ mention: Mention, part: Float) {
        ordinal = recalled.ordinal
        score = part
        merged = part
        first = mention
        evidence = recalled.evidence
        loudest = mention.channel
        loudness = part
    }

    /// What each channel that brought it says, in the order of the channels.
    var mentions: [Mention] { (first.map { [$0] } ?? []) + others }

    mutating func add(_ recalled: Recalled, _ mention: Mention, part: Float) {
        score += part
        merged = score
        others.append(mention)
        if part > loudness { (loudness, loudest, evidence) = (part, mention.channel, recalled.evidence) }
    }
}

/// Puts what several channels bring into one order.
enum CandidateMerge {
    /// How fast a rank loses worth: 60 in Cormack, Clarke & Büttcher (SIGIR 2009), less here, where lists are short.
    private static let rankConstant: Float = 20

    /// What a rank, from 1, is worth: 1 and less.
    static func share(ofRank rank: Int) -> Float { rankConstant / (rankConstant + Float(rank)) }

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
                let mention = MatchCandidate.Mention(
                    channel: channel, rank: index + 1, share: max(0, entry.score / largest))
                let part = weight * (method == .ranks ? share(ofRank: mention.rank) : mention.share)
                let end = candidates.count
                let place = candidates.place(
                    of: entry.ordinal.rawValue, orInsert: MatchCandidate(entry, mention, part: part))
                if place < end { candidates.values[place].add(entry, mention, part: part) }
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
