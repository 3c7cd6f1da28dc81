import Glibc
import IlkProtocol

/// Paces a venue to a target: a factor on its score that grows while it is behind an even spread, and shrinks while it is
/// ahead.
///
/// The multiplicative control of Agarwal, Ghosh, Wei & You, «Budget pacing for targeted online advertisements at LinkedIn»,
/// KDD 2014, on the score instead of the chance to take part, so that exposures go to those who like the venue most. Alone
/// it swings, for it sums up a sum; a part in proportion to how far the venue is off damps that.
struct TargetPace: Sendable, Equatable {
    /// The period that ``shown`` is of, counted from the venue's opening.
    private(set) var period = 0
    /// Exposures in it.
    private(set) var shown = 0
    /// What was learned so far of how much the score must be multiplied with.
    private(set) var factor = 1.0
    /// The tick that ``factor`` is of; each period has ``ticks``.
    private(set) var tick = 0
    /// Exposures that an even spread would have by now.
    private var due = 0.0

    /// How often in a period the factor changes.
    private static let ticks = 240.0
    /// By how much.
    private static let step = 1.03
    private static let range = 0.05...20.0
    /// The share of the target by which a venue may be off before that alone changes its score e-fold.
    private static let slack = 0.02
    /// What being off does to the score at most, as powers of e: holding a venue back costs less than forcing it on people.
    private static let most = -4.0...2.0

    init() {}

    init(period: Int, shown: Int, factor: Double, tick: Int) {
        self.period = period
        self.shown = shown
        self.factor = min(max(factor, Self.range.lowerBound), Self.range.upperBound)
        self.tick = tick
    }

    /// Whether the target of the running period is reached.
    func isReached(_ goal: ExposureGoal) -> Bool { shown >= goal.exposures }

    /// What a venue's score is multiplied with.
    func lift(_ goal: ExposureGoal) -> Double {
        let off = (due - Double(shown)) / (Double(goal.exposures) * Self.slack + 1)
        return factor * exp(min(max(off, Self.most.lowerBound), Self.most.upperBound))
    }

    /// Moves on to a moment.
    ///
    /// - Parameters:
    ///   - goal: the target of a period.
    ///   - seconds: since the venue was opened.
    /// - Returns: whether something changed that is to be kept.
    mutating func advance(_ goal: ExposureGoal, since seconds: Double) -> Bool {
        let periods = max(0, seconds) / (goal.hours * 3_600)
        let now = Int(periods.rounded(.down))
        if now != period {
            period = now
            shown = 0
        }
        due = Double(goal.exposures) * (periods - Double(now))
        let newTick = Int((periods * Self.ticks).rounded(.down))
        guard newTick != tick else { return false }
        tick = newTick
        let changed = Double(shown) < due ? factor * Self.step : factor / Self.step
        factor = min(max(changed, Self.range.lowerBound), Self.range.upperBound)
        return true
    }

    mutating func expose() { shown += 1 }
}
