/// Something that a person did with an item.
///
/// ```json
/// {"key":"e-1","user":"u1","item":"sku-1","type":"view","value":12.5,"at":1760000000,"context":{"page":"home"}}
/// ```
public struct WireEvent: Equatable, Sendable {
    /// The caller's own name for the event: sent again, it is not counted again.
    public var key: String?
    /// Who did it.
    public var user: PointID
    /// With what: the id of a point, which need not be there yet.
    public var item: PointID
    /// What was done: `click`, `order`, or a type of the caller's own.
    public var type: String
    /// For a view the seconds that it took; else whatever the caller wants to keep.
    public var value: Double?
    /// Seconds since 1970; when the daemon got it, if absent.
    public var at: Double?
    /// Whatever else the caller wants to keep, an object.
    public var context: JSONText?

    /// The longest key, in bytes.
    public static let maximumKey = 256
    /// The longest context, in bytes.
    public static let maximumContext = 16 << 10

    /// Makes an event.
    public init(
        key: String? = nil, user: PointID, item: PointID, type: String, value: Double? = nil, at: Double? = nil,
        context: JSONText? = nil
    ) {
        self.key = key
        self.user = user
        self.item = item
        self.type = type
        self.value = value
        self.at = at
        self.context = context
    }
}

/// Parameters of `events.append`.
public struct EventsAppend: Equatable, Sendable {
    /// The collection of the items.
    public var collection: String
    /// 1 to 100,000 events, in the order in which they are kept.
    public var events: [WireEvent]

    /// Makes the parameters.
    public init(collection: String, events: [WireEvent]) {
        self.collection = collection
        self.events = events
    }
}

/// Parameters of `events.scroll`: events in the order in which they were appended, a page at a time.
///
/// ```json
/// {"collection":"products","user":"u1","type":"order","limit":100}
/// ```
public struct EventsScroll: Equatable, Sendable {
    /// The collection of the items.
    public var collection: String
    /// Only this user's; everybody's if absent.
    public var user: PointID?
    /// Only events of this type; of every type if absent.
    public var type: String?
    /// Events a page, 1 to 10,000; 100 if absent.
    public var limit: Int
    /// `next_cursor` of the reply before; nil begins.
    public var cursor: String?

    /// Makes the parameters; that numbers are in their ranges is the parser's business.
    public init(
        collection: String, user: PointID? = nil, type: String? = nil, limit: Int = 100, cursor: String? = nil
    ) {
        self.collection = collection
        self.user = user
        self.type = type
        self.limit = limit
        self.cursor = cursor
    }
}

/// Parameters of `events.configure`: what events count, and how long they are kept.
///
/// ```json
/// {"collection":"products","types":{"share":{"weight":2,"half_life_days":30}},"retention_days":365}
/// ```
public struct EventsConfigure: Equatable, Sendable {
    /// What an event of a type says about its user's taste.
    public struct EventType: Equatable, Sendable {
        /// How much: under 0 for dislike, 0 for what was only shown.
        public var weight: Float
        /// After how many days it says half as much.
        public var halfLifeDays: Float

        /// Makes a type.
        public init(weight: Float, halfLifeDays: Float) {
            self.weight = weight
            self.halfLifeDays = halfLifeDays
        }
    }
    /// The collection of the items.
    public var collection: String
    /// Types to add, or to change; those left out stay as they are.
    public var types: [(name: String, type: EventType)]
    /// Days after which `events.compact` deletes an event; 0 keeps all, and nil leaves it as it is.
    public var retentionDays: Int?

    /// Whether both ask for the same.
    public static func == (a: Self, b: Self) -> Bool {
        a.collection == b.collection && a.retentionDays == b.retentionDays
            && a.types.elementsEqual(b.types) { $0 == $1 }
    }
}

/// Parameters of `profile.get` and `profile.forget`.
public struct ProfileRequest: Equatable, Sendable {
    /// The collection of the items.
    public var collection: String
    /// Whose.
    public var user: PointID
    /// Whether the reply carries the profile's vectors.
    public var withVectors: Bool

    /// Makes the parameters.
    public init(collection: String, user: PointID, withVectors: Bool = false) {
        self.collection = collection
        self.user = user
        self.withVectors = withVectors
    }
}
