import Glibc
import IlkVectors

/// What is known of items and users besides what channels say; see ``LearnedMerge``.
///
/// Counts stand as logarithms of 1 more, moments as days before the trial's moment.
struct BehaviourTraits: Sendable {
    /// Shape `[items, itemNames.count]`.
    private let items: [Float]
    /// Shape `[users, userNames.count]`.
    private let users: [Float]
    private let history: OwnHistory

    private static let itemNames = [
        "users", "users_56", "users_28", "users_7", "first_28", "returning", "since_last", "since_first", "trend_28",
        "first_share", "trend_7",
    ]
    private static let userNames = ["user_items", "user_visits_28"]

    /// What the numbers of a row are called.
    ///
    /// - Parameter question: where no own items are offered, nothing is said of them.
    /// - Returns: as many names as ``append(user:item:question:to:)`` appends numbers.
    static func names(_ question: Question) -> [String] {
        itemNames + userNames + (question == .repeats ? OwnHistory.names : [])
    }

    init(_ trial: Trial) {
        let history = OwnHistory(trial)
        self.history = history
        func popularity(_ days: Double?) -> [Float] {
            Popularity(items: trial.items, events: trial.training, days: days, now: trial.now).counts
        }
        let (all, eight, four, one) = (popularity(nil), popularity(56), popularity(28), popularity(7))
        var last = [Int64](repeating: .min, count: trial.items)
        var first = [Int64](repeating: trial.now, count: trial.items)
        for event in trial.training {
            last[Int(event.item)] = max(last[Int(event.item)], event.time)
            first[Int(event.item)] = min(first[Int(event.item)], event.time)
        }
        func age(_ time: Int64) -> Float { log1p(Float(max(trial.now - time, 0)) / Float(Decay.day)) }
        items = (0..<trial.items).flatMap { item in
            let fresh = history.firstTakers[item]
            let numbers = [
                log1p(all[item]), log1p(eight[item]), log1p(four[item]), log1p(one[item]), log1p(fresh),
                history.returning[item], age(last[item]), age(first[item]),
            ]
            let month = log1p(four[item])
            return numbers + [month - log1p(all[item]), log1p(fresh) - month, log1p(4 * one[item]) - month]
        }
        users = (0..<trial.users).flatMap { user in
            [log1p(Float(history.items(of: user))), log1p(history.recentVisits[user])]
        }
    }

    /// Appends what is known of a user and an item.
    func append(user: Int, item: UInt32, question: Question, to row: inout [Float]) {
        let (width, userWidth) = (Self.itemNames.count, Self.userNames.count)
        row += items[Int(item) * width..<(Int(item) + 1) * width]
        row += users[user * userWidth..<(user + 1) * userWidth]
        if question == .repeats { history.append(user: user, item: item, to: &row) }
    }
}
