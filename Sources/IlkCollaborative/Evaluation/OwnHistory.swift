import Glibc
import IlkVectors

/// What users did with each of their own items: how often, when, and whether it is time again.
struct OwnHistory: Sendable {
    private let now: Int64
    /// A user's pairs lie side by side, items rising; where they begin: shape `[users + 1]`.
    private let starts: [Int]
    private let pairs: [Pair]
    /// Days on which a user took anything: shape `[users]`.
    private let visits: [Float]
    /// Those of the last 28 days: shape `[users]`.
    let recentVisits: [Float]
    /// The logarithm of the share of an item's users who took it on several days, drawn to an eighth: shape `[items]`.
    let returning: [Float]
    /// How many users took an item for the first time in the last 28 days: shape `[items]`.
    let firstTakers: [Float]

    /// A user's events with an item.
    private struct Pair {
        let item: UInt32
        let first: Int64
        var last: Int64
        var events = 0
        var days = 0
    }

    static let names = [
        "own", "own_events", "own_days", "own_rate", "own_log_rate", "own_since", "own_7", "own_14", "own_28",
        "own_once", "own_overdue", "own_log_overdue", "own_interval", "own_returning", "new_returning",
        "own_log_rate_visits",
    ]

    private static let recent = 28 * Decay.day

    init(_ trial: Trial) {
        now = trial.now
        var starts = [0]
        var pairs: [Pair] = []
        let events = trial.training.map { (pair: UInt64($0.user) << 32 | UInt64($0.item), time: $0.time) }
            .sorted { $0 < $1 }
        var pair = UInt64.max
        for event in events {
            if event.pair != pair {
                pair = event.pair
                while starts.count <= Int(pair >> 32) { starts.append(pairs.count) }
                pairs.append(Pair(item: UInt32(truncatingIfNeeded: pair), first: event.time, last: .min))
            }
            var own = pairs[pairs.count - 1]
            if own.last == .min || own.last / Decay.day != event.time / Decay.day { own.days += 1 }
            own.events += 1
            own.last = event.time
            pairs[pairs.count - 1] = own
        }
        while starts.count <= trial.users { starts.append(pairs.count) }
        self.starts = starts
        self.pairs = pairs
        visits = Self.visits(trial, since: .min)
        recentVisits = Self.visits(trial, since: trial.now - Self.recent)
        var users = [Float](repeating: 0, count: trial.items)
        var returned = users
        var fresh = users
        for pair in pairs {
            users[Int(pair.item)] += 1
            if pair.days > 1 { returned[Int(pair.item)] += 1 }
            if pair.first >= trial.now - Self.recent { fresh[Int(pair.item)] += 1 }
        }
        returning = zip(returned, users).map { logf(($0 + 1) / ($1 + 8)) }
        firstTakers = fresh
    }

    /// How many different days with an event each user has since a moment: shape `[users]`.
    private static func visits(_ trial: Trial, since moment: Int64) -> [Float] {
        let days = Set(
            trial.training.filter { $0.time >= moment }
                .map { UInt64($0.user) << 32 | UInt64(truncatingIfNeeded: $0.time / Decay.day) & 0xFFFF_FFFF })
        var counts = [Float](repeating: 0, count: trial.users)
        for day in days { counts[Int(day >> 32)] += 1 }
        return counts
    }

    /// How many different items a user has taken.
    func items(of user: Int) -> Int { starts[user + 1] - starts[user] }

    /// Appends as many numbers as there are ``names``.
    func append(user: Int, item: UInt32, to row: inout [Float]) {
        let own = pairs[starts[user]..<starts[user + 1]]
        var (low, high) = (own.startIndex, own.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if own[middle].item < item { low = middle + 1 } else { high = middle }
        }
        let visits = visits[user]
        guard low < own.endIndex, own[low].item == item else {
            let rate: Float = -6
            row += [0, 0, 0, 0, rate, 6, 0, 0, 0, 0, 0, 0, 0, 0]
            row += [returning[Int(item)], rate * log1p(recentVisits[user])]
            return
        }
        let pair = own[low]
        let days = Float(pair.days)
        let since = Float(max(now - pair.last, 0)) / Float(Decay.day)
        // Days between two times, and how many of these intervals have passed since the last.
        let interval = pair.days > 1 ? Float(pair.last - pair.first) / Float(Decay.day) / (days - 1) : 0
        let overdue = pair.days > 1 ? since / (interval + 1) : 0
        let rate = logf((days + 0.2) / (visits + 5))
        func within(_ limit: Float) -> Float { since < limit ? 1 : 0 }
        row += [1, log1p(Float(pair.events)), log1p(days), days / max(visits, 1), rate, log1p(since)]
        row += [within(7), within(14), within(28), pair.events == 1 ? 1 : 0, min(overdue, 5), log1p(overdue)]
        row += [log1p(interval), returning[Int(item)], 0, rate * log1p(recentVisits[user])]
    }
}
