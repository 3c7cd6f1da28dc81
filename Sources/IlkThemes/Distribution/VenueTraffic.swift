import IlkProtocol

/// What state a venue is in.
package enum VenueState: String, Sendable, CaseIterable {
    /// Its guarantee is open, or too little is known of it.
    case new
    /// It gets what it earns.
    case growing
    /// It is worse than the others for certain, and only comes where they do not suffice.
    case retired
}

/// A theme as it is shown to people: the rules of its traffic, what it got, and what came of it.
struct VenueTraffic: Sendable, Equatable {
    /// When it was opened, in seconds since 1970.
    var openedAt: Double
    private(set) var guarantee: ExposureGoal?
    private(set) var cap: Int?
    private(set) var target: ExposureGoal?
    /// Exposures since it was opened.
    private(set) var shown = 0
    /// Exposures, clicks and orders of all time.
    private(set) var exposures = 0
    private(set) var clicks = 0
    private(set) var orders = 0
    /// What it is judged by; exposures are weighed by interest.
    private(set) var seen = FadingCounts()
    private(set) var hour = HourWindow()
    private(set) var pace = TargetPace()

    /// Exposures until enough is known of a venue to judge it.
    static let enough = 50
    /// A venue is retired where it is for certain worse than this share of what the others are.
    static let poor = 0.5
    /// Clicks that an order counts as.
    static let orderWeight = 3.0

    init(openedAt: Double) { self.openedAt = openedAt }

    /// A venue as it was kept.
    init(
        rules: WireVenue, openedAt: Double, shown: Int, exposures: Int, clicks: Int, orders: Int, seen: FadingCounts,
        hour: HourWindow, pace: TargetPace
    ) {
        self.openedAt = openedAt
        guarantee = rules.guarantee
        cap = rules.capPerHour
        target = rules.target
        self.shown = shown
        self.exposures = exposures
        self.clicks = clicks
        self.orders = orders
        self.seen = seen
        self.hour = hour
        self.pace = pace
    }

    // MARK: Rules

    /// Sets rules in the place of those before; another opening begins the guarantee and the target anew.
    mutating func set(_ rules: WireVenue) {
        if let opened = rules.openedAt, opened != openedAt {
            openedAt = opened
            shown = 0
            pace = TargetPace()
        }
        if rules.target != target { pace = TargetPace() }
        guarantee = rules.guarantee
        cap = rules.capPerHour
        target = rules.target
    }

    // MARK: Counting

    /// Counts an exposure to somebody of whom `factor` times the usual clicks are to be expected.
    mutating func expose(factor: Double, of moment: Double, at now: Double) {
        exposures += 1
        if moment >= openedAt {
            shown += 1
            pace.expose()
        }
        seen.add(exposures: factor, of: moment, at: now)
        hour.add(at: moment)
    }

    mutating func click(of moment: Double, at now: Double) {
        clicks += 1
        seen.add(clicks: 1, of: moment, at: now)
    }

    mutating func order(of moment: Double, at now: Double) {
        orders += 1
        seen.add(clicks: Self.orderWeight, of: moment, at: now)
    }

    // MARK: The guarantee

    /// Where a guarantee stands.
    struct Need: Sendable, Equatable {
        /// Exposures that are still to come.
        var missing: Int
        /// Seconds until its end.
        var left: Double
        /// Exposures that an even spread is ahead of it.
        var debt: Double
        /// How much interest somebody must have to be shown it: a standing, which falls as it gets late.
        var least: Double

        /// Needed exposures a second.
        var urgency: Double { Double(missing) / max(left, 1e-3) }
    }

    /// The share of the guarantee's time in which it is to be filled; the rest is for what is late.
    private static let spread = 0.9
    /// The share of the guarantee by which it may be late before everybody is shown it.
    private static let patience = 0.1

    /// What the guarantee needs; nil where there is none, or it is filled or over.
    func need(at now: Double) -> Need? {
        guard let guarantee, shown < guarantee.exposures else { return nil }
        let whole = guarantee.hours * 3_600
        let gone = now - openedAt
        guard gone >= 0, gone < whole else { return nil }
        let count = Double(guarantee.exposures)
        let debt = count * min(1, gone / (whole * Self.spread)) - Double(shown)
        let lateness = debt / max(1, count * Self.patience)
        return Need(
            missing: guarantee.exposures - shown, left: whole - gone, debt: debt,
            least: gone >= whole * Self.spread ? -.infinity : 1.5 - 3.5 * max(0, lateness))
    }

    // MARK: Judging

    /// Whether it may be shown at all now: its cap and its target allow it.
    func isFree(at now: Double) -> Bool {
        if let cap, hour.count(at: now) >= cap { return false }
        if let target, pace.isReached(target) { return false }
        return now >= openedAt
    }

    /// Moves the pace on to a moment; whether something changed that is to be kept.
    mutating func advance(to now: Double) -> Bool {
        target.map { pace.advance($0, since: now - openedAt) } ?? false
    }

    /// The factor by which its pace lifts or lowers it.
    var lift: Double { target.map { pace.lift($0) } ?? 1 }

    /// What state it is in.
    ///
    /// - Parameters:
    ///   - belief: of its click rate.
    ///   - others: the click rate of the others.
    ///   - now: seconds since 1970.
    /// - Returns: `new` until there is enough to judge it by.
    func state(_ belief: ClickBelief, others: Double, at now: Double) -> VenueState {
        if need(at: now) != nil || exposures < Self.enough { return .new }
        guard seen.faded(to: now).exposures >= Double(Self.enough) / 2 else { return .growing }
        return belief.upperBound < Self.poor * others ? .retired : .growing
    }
}
