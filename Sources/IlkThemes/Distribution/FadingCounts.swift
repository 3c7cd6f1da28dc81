import Glibc

/// Exposures and clicks of which older ones count less: half as much after ``halfLife``.
struct FadingCounts: Sendable, Equatable {
    /// Exposures, each weighed by how much was to be expected of it.
    private(set) var exposures = 0.0
    private(set) var clicks = 0.0
    /// When both were as they are, in seconds since 1970.
    private(set) var at = 0.0

    /// After how many seconds something counts half: a fortnight.
    static let halfLife = 14.0 * 86_400

    init() {}

    init(exposures: Double, clicks: Double, at: Double) {
        self.exposures = exposures
        self.clicks = clicks
        self.at = at
    }

    /// What both count at a moment.
    func faded(to now: Double) -> (exposures: Double, clicks: Double) {
        let factor = Self.factor(after: now - at)
        return (exposures * factor, clicks * factor)
    }

    /// Adds what happened at `moment` and is learned of `now`.
    mutating func add(exposures: Double = 0, clicks: Double = 0, of moment: Double, at now: Double) {
        let age = Self.factor(after: now - moment)
        let before = faded(to: now)
        self.exposures = before.exposures + exposures * age
        self.clicks = before.clicks + clicks * age
        at = max(at, now)
    }

    /// What is left after so many seconds; a clock that was set back takes nothing away and adds nothing.
    private static func factor(after seconds: Double) -> Double {
        seconds <= 0 ? 1 : exp2(-seconds / halfLife)
    }
}
