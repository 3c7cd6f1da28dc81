/// A theme: what a venue, a campaign or a page of a shop is about.
public struct WireTheme: Equatable, Sendable {
    /// 1 to 200 bytes.
    public var id: String
    /// What people call it; 1 to 2,048 bytes.
    public var title: String
    /// What it is about, in sentences.
    public var description: String?
    /// The trade that it belongs to.
    public var industry: String?
    /// When it is wanted: a season, a feast, a month.
    public var season: String?
    /// How much it is talked of, on the caller's scale; 0 if absent.
    public var heat: Double
    /// Words that people use for it.
    public var hotWords: [String]
    /// What else belongs to it, as its author or a language model wrote; without them ilk looks for some itself.
    public var expansions: [String]
    /// Thresholds on declared fields that its products keep to; see ``SelectionRules/indicators``.
    public var indicators: JSONObject

    /// The longest id, in bytes.
    public static let maximumID = 200
    /// The longest title, hot word or expansion, in bytes.
    public static let maximumTitle = 2 << 10
    /// The longest description, in bytes.
    public static let maximumDescription = 16 << 10
    /// Hot words, or expansions, that a theme may have.
    public static let maximumWords = 256

    /// Makes a theme; that texts are within their limits is the parser's business.
    public init(
        id: String, title: String, description: String? = nil, industry: String? = nil, season: String? = nil,
        heat: Double = 0, hotWords: [String] = [], expansions: [String] = [], indicators: JSONObject = JSONObject()
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.industry = industry
        self.season = season
        self.heat = heat
        self.hotWords = hotWords
        self.expansions = expansions
        self.indicators = indicators
    }
}

/// Parameters of `theme.upsert`.
///
/// ```json
/// {"collection":"shop","themes":[{"id":"pandas","title":"Panda toys","hot_words":["panda","plush"],"industry":"toys","heat":12.5}]}
/// ```
public struct ThemeUpsert: Equatable, Sendable {
    /// The collection of items that the themes belong to.
    public var collection: String
    /// 1 to 10,000 themes, each once.
    public var themes: [WireTheme]
}

/// Parameters of `theme.get` and `theme.delete`.
public struct ThemeNames: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// 1 to 10,000 ids of themes.
    public var ids: [String]
}

/// Parameters of `theme.list`: themes in the order of their first insertion, a page at a time.
public struct ThemeList: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// Only themes of this industry.
    public var industry: String?
    /// Themes a page, 1 to 10,000; 100 if absent.
    public var limit: Int
    /// `next_cursor` of the reply before; nil begins.
    public var cursor: String?
}

/// Parameters of `theme.match`: an idea, and the themes that are like it.
///
/// ```json
/// {"collection":"shop","idea":"soft toys for a baby's first birthday","industry":"toys","k":5}
/// ```
public struct ThemeMatch: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// What somebody has in mind.
    public var idea: String
    /// Only themes of this industry.
    public var industry: String?
    /// How many themes, 1 to 1,000; 5 if absent.
    public var k: Int
    /// The vector field whose model is asked, where the collection has several with one.
    public var using: String?
}

/// What products are selected for.
public enum ThemeSubject: Equatable, Sendable {
    /// The theme of this id.
    case theme(String)
    /// A text, as if it were the title of a theme.
    case text(String)
}

/// A way in which products are found for a theme.
public enum SelectionWay: String, Sendable, CaseIterable {
    /// By the words of title, hot words and expansions.
    case lexical
    /// By the vector of the expanded theme.
    case semantic
    /// By thresholds on declared fields.
    case indicators
}

/// How products are selected.
public struct SelectionRules: Equatable, Sendable {
    /// The ways; all that the collection and the request allow, if nil.
    public var by: [SelectionWay]?
    /// Thresholds by path of a declared field: a value, an array of values, or an object of `min`, `max`,
    /// `percentile_min`, `percentile_max`, `equals`, `in`.
    public var indicators: JSONObject
    /// What is fit to be sold at all: thresholds as in ``indicators``, which may also have `weight` and `or_missing`.
    public var quality: JSONObject
    /// What may be selected.
    public var filter: WireFilter?
    /// The vector field, where the collection has several with a model.
    public var using: String?
    /// Whether a theme without expansions gets some: attribute values near to it, and words of the best products.
    public var expand: Bool

    /// Makes rules.
    public init(
        by: [SelectionWay]? = nil, indicators: JSONObject = JSONObject(), quality: JSONObject = JSONObject(),
        filter: WireFilter? = nil, using: String? = nil, expand: Bool = true
    ) {
        self.by = by
        self.indicators = indicators
        self.quality = quality
        self.filter = filter
        self.using = using
        self.expand = expand
    }
}

/// Parameters of `theme.select`.
///
/// ```json
/// {"collection":"shop","theme":"pandas","size":60,"by":["lexical","semantic","indicators"],
///  "indicators":{"price":{"percentile_max":30},"free_shipping":true}}
/// ```
public struct ThemeSelect: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// What products are selected for.
    public var subject: ThemeSubject
    /// How many products, 1 to 10,000; 60 if absent.
    public var size: Int
    /// How they are selected.
    public var rules: SelectionRules
    /// What the reply carries of the payloads; nothing if absent.
    public var withPayload: PayloadSelection
    /// Whether the reply says how it came about.
    public var explain: Bool

    /// Makes the parameters.
    public init(
        collection: String, subject: ThemeSubject, size: Int = 60, rules: SelectionRules = SelectionRules(),
        withPayload: PayloadSelection = .none, explain: Bool = false
    ) {
        self.collection = collection
        self.subject = subject
        self.size = size
        self.rules = rules
        self.withPayload = withPayload
        self.explain = explain
    }
}

/// How a selection is set out on floors.
public struct FloorRules: Equatable, Sendable {
    /// `auto`, `cluster`, `attribute`, or the path of a declared field; `category` is one where it is declared.
    public var by: String
    /// Products a floor at most, 1 to 1,000; 8 if absent.
    public var size: Int
    /// Floors at most, 1 to 100; 8 if absent.
    public var floors: Int
    /// Products that a floor needs, a quarter of ``size`` if nil; smaller groups are merged into the last floor.
    public var smallest: Int?
    /// For a path of a declared field, how many products of a floor may have the same value there.
    public var maximumPer: [(path: String, count: Int)]
    /// Edges between price bands, ascending, for floors by a number; a third of the products each, if empty.
    public var bands: [Double]

    /// Makes rules.
    public init(
        by: String = "auto", size: Int = 8, floors: Int = 8, smallest: Int? = nil,
        maximumPer: [(path: String, count: Int)] = [], bands: [Double] = []
    ) {
        self.by = by
        self.size = size
        self.floors = floors
        self.smallest = smallest
        self.maximumPer = maximumPer
        self.bands = bands
    }

    /// Whether two are the same.
    public static func == (a: Self, b: Self) -> Bool {
        a.by == b.by && a.size == b.size && a.floors == b.floors && a.smallest == b.smallest && a.bands == b.bands
            && a.maximumPer.elementsEqual(b.maximumPer) { $0 == $1 }
    }
}

/// Parameters of `theme.floors`.
///
/// ```json
/// {"collection":"shop","theme":"pandas","by":"category","size":8,"max_per":{"brand":2}}
/// {"collection":"shop","products":["sku-1","sku-2"],"by":"price","bands":[30,100]}
/// ```
public struct ThemeFloors: Equatable, Sendable {
    /// What is set out.
    public enum Source: Equatable, Sendable {
        /// What is selected for a theme or a text.
        case subject(ThemeSubject)
        /// These products, best first.
        case products([PointID])
    }
    /// The collection's name.
    public var collection: String
    /// What is set out.
    public var source: Source
    /// How it is set out.
    public var plan: FloorRules
    /// How it is selected, where it is.
    public var rules: SelectionRules
    /// What the reply carries of the payloads; nothing if absent.
    public var withPayload: PayloadSelection
}

/// Parameters of `theme.batch`: selections and floors for many themes, as a job.
///
/// ```json
/// {"collection":"shop","themes":["pandas","tea"],"size":60,"floors":{"by":"category","size":8}}
/// ```
public struct ThemeBatch: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// Ids of themes, up to 10,000; all of the collection's if nil.
    public var themes: [String]?
    /// Products a theme, 1 to 1,000; 60 if absent.
    public var size: Int
    /// How they are selected.
    public var rules: SelectionRules
    /// How they are set out; nil where only products are selected.
    public var plan: FloorRules?
    /// Whether a product that one theme has is left out of the themes after it.
    public var exclusive: Bool
    /// Whether the reply has the products of each theme; only the report if false.
    public var withProducts: Bool
}

/// Parameters of `collection.tool_schema`: what a language model needs to fill `indicators`.
public struct ToolSchemaRequest: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// Declared fields to show; all if nil.
    public var fields: [String]?
    /// Ranges, percentiles and values are of the points that pass.
    public var filter: WireFilter?
    /// Example values a field, 1 to 1,000; 20 if absent.
    public var values: Int
}
