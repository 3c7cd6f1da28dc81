/// Behaviour until a moment, and what the same people did after it: a model learns from the first and is asked for the
/// second.
package struct Trial: Sendable {
    /// What is learned from, in the order given; items are numbers of this trial.
    package let training: [Interaction]
    /// The moment at which training ends, in seconds since 1970: no event of `training` is later.
    package let now: Int64
    /// All users are below it.
    package let users: Int
    /// All items are below it.
    package let items: Int
    /// The number that an item has in the data: shape `[items]`, rising.
    package let names: [UInt32]
    /// Users and the items that they took afterwards, of those that there are: both rising, none empty.
    package let heldOut: [Answer]

    /// A user and some items, rising.
    package struct Answer: Equatable, Sendable {
        package let user: UInt32
        package let items: [UInt32]
    }

    /// Cuts the data at a moment: what lies before it is learned from.
    ///
    /// - Parameters:
    ///   - events: in any order.
    ///   - users: all users are below it.
    ///   - now: events of this moment and later are not learned from.
    ///   - days: held out is what comes in so many days from `now` on.
    ///   - minimumCount: events that an item needs before `now`; there are no others.
    package init(_ events: [Interaction], users: Int, at now: Int64, days: Double, minimumCount: Int) {
        let end = now + Int64(days * Double(Decay.day))
        self.init(
            training: events.filter { $0.time < now }, after: events.filter { $0.time >= now && $0.time < end },
            users: users, now: now, minimumCount: minimumCount)
    }

    /// Holds out the last event of each user, after so many others: "leave one out".
    ///
    /// Events of one moment count in the order given. Models may learn from what others did later than the event asked
    /// for, as is usual with this protocol; a temporal trial does not allow that.
    ///
    /// - Parameters:
    ///   - events: in any order.
    ///   - users: all users are below it.
    ///   - skipping: the last events of each user that are neither held out nor learned from: 0 for a test, 1 for the
    ///     validation that comes before it.
    ///   - minimumCount: events that an item needs in training; there are no others.
    /// - Returns: a trial whose moment is that of the last event learned from.
    package static func leavingLastOut(
        _ events: [Interaction], users: Int, skipping: Int = 0, minimumCount: Int
    ) -> Trial {
        let order = events.indices.sorted { (events[$0].time, $0) < (events[$1].time, $1) }
        var left = [Int](repeating: 0, count: users)
        var training: [Interaction] = []
        var after: [Interaction] = []
        for place in order.reversed() {
            let event = events[place]
            let position = left[Int(event.user)]
            left[Int(event.user)] += 1
            if position == skipping { after.append(event) } else if position > skipping { training.append(event) }
        }
        training.reverse()
        return Trial(
            training: training, after: after, users: users, now: (training.last?.time ?? -1) + 1,
            minimumCount: minimumCount)
    }

    private init(training: [Interaction], after: [Interaction], users: Int, now: Int64, minimumCount: Int) {
        var counts: [UInt32: Int] = [:]
        for event in training { counts[event.item, default: 0] += 1 }
        let names = counts.filter { $0.value >= minimumCount }.keys.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt32($0)) })
        func renumbered(_ events: [Interaction]) -> [Interaction] {
            events.compactMap { event in
                guard let item = numbers[event.item] else { return nil }
                return Interaction(user: event.user, item: item, weight: event.weight, time: event.time)
            }
        }
        self.users = users
        self.names = names
        self.now = now
        items = names.count
        self.training = renumbered(training)
        let taken = InteractionMatrix(users: users, items: names.count, events: renumbered(after)).byUser
        heldOut = (0..<users).filter { !taken.range(of: $0).isEmpty }
            .map { Answer(user: UInt32($0), items: Array(taken.columns(of: $0))) }
    }
}

/// What a channel is asked for.
package enum Question: String, Sendable, CaseIterable {
    /// Only items that the user has never taken; those taken before are not offered.
    case new
    /// Any item.
    case repeats
}

/// A trial with a question: the users that have an answer to it, and what is not offered to them.
package struct Examination: Sendable {
    package let trial: Trial
    package let question: Question
    /// Users and the items that should be found.
    package let answers: [Trial.Answer]
    /// For each of `answers`, the items that are not offered, rising.
    package let excluded: [[UInt32]]

    /// Asks a question about a trial.
    ///
    /// - Parameters:
    ///   - trial: what was learned from, and what came after.
    ///   - question: what is asked.
    ///   - minimumHistory: users with fewer events in training are not asked about.
    package init(_ trial: Trial, _ question: Question, minimumHistory: Int = 1) {
        self.trial = trial
        self.question = question
        var events = [Int](repeating: 0, count: trial.users)
        for event in trial.training { events[Int(event.user)] += 1 }
        let known = trial.heldOut.filter { events[Int($0.user)] >= max(minimumHistory, 1) }
        guard question == .new else {
            answers = known
            excluded = known.map { _ in [] }
            return
        }
        let taken = InteractionMatrix(users: trial.users, items: trial.items, events: trial.training).byUser
        let fresh = known.map { answer in
            let own = Set(taken.columns(of: Int(answer.user)))
            return Trial.Answer(user: answer.user, items: answer.items.filter { !own.contains($0) })
        }
        answers = fresh.filter { !$0.items.isEmpty }
        excluded = answers.map { Array(taken.columns(of: Int($0.user))) }
    }
}
