/// So many exposures in so many hours.
public struct ExposureGoal: Equatable, Sendable {
    /// How many, 1 to 1,000,000,000.
    public var exposures: Int
    /// In how many hours, over 0 to 87,600.
    public var hours: Double

    /// Makes a goal; that numbers are in their ranges is the parser's business.
    public init(exposures: Int, hours: Double) {
        self.exposures = exposures
        self.hours = hours
    }
}

/// What traffic a theme shall get where it is shown to people as a venue.
///
/// ```json
/// {"theme":"pandas","opened_at":1760000000,"guarantee":{"exposures":500,"hours":48},"cap_per_hour":200,"target":{"exposures":5000,"hours":24}}
/// ```
public struct WireVenue: Equatable, Sendable {
    /// The theme's id.
    public var theme: String
    /// When the venue was opened, in seconds since 1970; as before or now, if nil.
    public var openedAt: Double?
    /// Exposures that it gets for certain, counted from its opening.
    public var guarantee: ExposureGoal?
    /// Exposures in any 60 minutes at most.
    public var capPerHour: Int?
    /// What it is paced to, period after period; where it is reached, the venue rests until the next period.
    public var target: ExposureGoal?

    /// Makes the rules of a venue.
    public init(
        theme: String, openedAt: Double? = nil, guarantee: ExposureGoal? = nil, capPerHour: Int? = nil,
        target: ExposureGoal? = nil
    ) {
        self.theme = theme
        self.openedAt = openedAt
        self.guarantee = guarantee
        self.capPerHour = capPerHour
        self.target = target
    }
}

/// Parameters of `theme.distribute`: which venues a person is shown, and with which product on the cover.
///
/// ```json
/// {"collection":"shop","user":"u1","themes":["pandas","tea"],"k":1}
/// ```
public struct ThemeDistribute: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// Who is asked for; nil for somebody of whom nothing is known.
    public var user: PointID?
    /// The venues to choose from, up to 10,000; all themes of the collection if nil.
    public var themes: [String]?
    /// How many venues, 1 to 100; 3 if absent.
    public var k: Int
    /// Whether the answer counts as exposures; if not, nothing is counted and caps are only looked at.
    public var reserve: Bool
    /// What chance is drawn from; another one each time, if nil.
    public var seed: UInt64?
    /// The vector field in which interests are compared, where the collection has several.
    public var using: String?

    /// Makes the parameters.
    public init(
        collection: String, user: PointID? = nil, themes: [String]? = nil, k: Int = 3, reserve: Bool = true,
        seed: UInt64? = nil, using: String? = nil
    ) {
        self.collection = collection
        self.user = user
        self.themes = themes
        self.k = k
        self.reserve = reserve
        self.seed = seed
        self.using = using
    }
}

/// Parameters of `theme.traffic`: sets what traffic venues shall get, and tells what they got.
///
/// ```json
/// {"collection":"shop","venues":[{"theme":"pandas","cap_per_hour":200}]}
/// {"collection":"shop","themes":["pandas","tea"]}
/// ```
public struct ThemeTraffic: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// Rules to set, each wholly in the place of the venue's before.
    public var venues: [WireVenue]
    /// Which venues to tell of; those of ``venues``, or all if there are none, if nil.
    public var themes: [String]?

    /// Makes the parameters.
    public init(collection: String, venues: [WireVenue] = [], themes: [String]? = nil) {
        self.collection = collection
        self.venues = venues
        self.themes = themes
    }
}

/// What came of showing a venue to somebody.
public struct ThemeEvent: Equatable, Sendable {
    /// What a person did.
    public enum Kind: String, Sendable, CaseIterable {
        /// The venue was seen: only for answers that did not reserve.
        case impression
        /// It was opened.
        case click
        /// Something in it was bought.
        case order
    }
    /// The caller's own name for the event: sent again, it is not counted again.
    public var key: String?
    /// The theme's id.
    public var theme: String
    /// Who did it, if that is known.
    public var user: PointID?
    /// What was done.
    public var kind: Kind
    /// Seconds since 1970; when the daemon got it, if absent.
    public var at: Double?

    /// Makes an event.
    public init(key: String? = nil, theme: String, user: PointID? = nil, kind: Kind, at: Double? = nil) {
        self.key = key
        self.theme = theme
        self.user = user
        self.kind = kind
        self.at = at
    }
}

/// Parameters of `theme.feedback`.
///
/// ```json
/// {"collection":"shop","events":[{"theme":"pandas","user":"u1","type":"click"}]}
/// ```
public struct ThemeFeedback: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// 1 to 100,000 events; all of them count, or none.
    public var events: [ThemeEvent]

    /// Makes the parameters.
    public init(collection: String, events: [ThemeEvent]) {
        self.collection = collection
        self.events = events
    }
}
