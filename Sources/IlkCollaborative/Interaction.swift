import Glibc

/// Something that a person did with an item, at a moment.
///
/// Users and items are dense numbers from 0, which the caller keeps a table of.
package struct Interaction: Equatable, Sendable {
    package var user: UInt32
    package var item: UInt32
    /// How much it says, such as a quantity or the weight of the kind of event; more than 0.
    package var weight: Float
    /// Seconds since 1970.
    package var time: Int64

    package init(user: UInt32, item: UInt32, weight: Float = 1, time: Int64) {
        self.user = user
        self.item = item
        self.weight = weight
        self.time = time
    }
}

/// How the events of one user with one item become one number of an ``InteractionMatrix``.
package struct EventWeighing: Equatable, Sendable {
    /// What is made of several events.
    package enum Combination: String, Sendable, CaseIterable {
        /// The greatest: for weights of 1 without decay, 1.
        case greatest
        case sum
        /// The natural logarithm of 1 more than the sum.
        case logarithm
    }

    /// From when the age of an event is reckoned.
    package enum Clock: String, Sendable, CaseIterable {
        /// From the moment that the matrix is made for.
        case now
        /// From the last event of the same user: whoever has been away for a year is the same person still.
        case lastEvent
    }

    package var combination: Combination
    /// Days in which an event loses half its weight; nil where events stay as they are.
    package var halfLife: Double?
    package var clock: Clock
    /// Whether every event weighs 1, whatever its own weight.
    package var ignoresWeights: Bool

    package init(
        _ combination: Combination = .greatest, halfLife: Double? = nil, clock: Clock = .now,
        ignoresWeights: Bool = true
    ) {
        self.combination = combination
        self.halfLife = halfLife
        self.clock = clock
        self.ignoresWeights = ignoresWeights
    }

    /// What an event weighs at the moment `now`; events after it weigh as much as one of that moment.
    package func weight(of event: Interaction, now: Int64) -> Float {
        let own = ignoresWeights ? 1 : event.weight
        guard let halfLife else { return own }
        return own * Decay.factor(age: now - event.time, halfLife: halfLife)
    }
}

/// Exponential forgetting.
package enum Decay {
    package static let day: Int64 = 86_400

    /// What is left of 1 after `age` seconds, if half of it is left after `halfLife` days.
    package static func factor(age: Int64, halfLife: Double) -> Float {
        Float(exp2(-Double(max(age, 0)) / (halfLife * Double(day))))
    }
}
