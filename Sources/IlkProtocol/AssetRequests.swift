/// A template or a picture of a merchant's, which a venue may be dressed in.
///
/// ```json
/// {"id":"winter-1","merchant":"dodo","kind":"template","url":"https://cdn.dodo.example/winter-1.png","text":"snow, soft toys, warm light","tags":["winter"]}
/// ```
public struct WireAsset: Equatable, Sendable {
    /// 1 to 200 bytes; another merchant may have an asset of the same id.
    public var id: String
    /// Whose it is, 1 to 200 bytes: no other merchant ever sees it.
    public var merchant: String
    /// What it is: `template`, `picture`, or a word of the caller's own.
    public var kind: String
    /// Where it is.
    public var url: String?
    /// Its style in words, which the collection's model embeds.
    public var text: String?
    /// Its style as a vector, in the place of a text.
    public var vector: [Float]?
    /// Words to choose by.
    public var tags: [String]

    /// Assets of a request at most.
    public static let maximumBatch = 10_000
    /// The longest text, in bytes.
    public static let maximumText = 16 << 10
    /// The longest URL, in bytes.
    public static let maximumURL = 2 << 10
    /// The most tags.
    public static let maximumTags = 64

    /// Makes an asset; that texts are within their limits is the parser's business.
    public init(
        id: String, merchant: String, kind: String = "picture", url: String? = nil, text: String? = nil,
        vector: [Float]? = nil, tags: [String] = []
    ) {
        self.id = id
        self.merchant = merchant
        self.kind = kind
        self.url = url
        self.text = text
        self.vector = vector
        self.tags = tags
    }
}

/// Parameters of `theme.assets.upsert`.
public struct AssetUpsert: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// 1 to 10,000 assets, each once a merchant.
    public var assets: [WireAsset]

    /// Makes the parameters.
    public init(collection: String, assets: [WireAsset]) {
        self.collection = collection
        self.assets = assets
    }
}

/// Parameters of `theme.assets`: a merchant's assets that fit a theme, or all of them.
///
/// ```json
/// {"collection":"shop","merchant":"dodo","theme":"pandas","kind":"template","k":5}
/// ```
public struct AssetMatch: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// Whose assets.
    public var merchant: String
    /// What they shall fit; nil lists them in the order of their first insertion.
    public var subject: ThemeSubject?
    /// Only assets of this kind.
    public var kind: String?
    /// Only assets that have all of these tags.
    public var tags: [String]
    /// How many, 1 to 10,000; 10 if absent.
    public var k: Int
    /// The vector field whose model is asked, where the collection has several with one.
    public var using: String?

    /// Makes the parameters.
    public init(
        collection: String, merchant: String, subject: ThemeSubject? = nil, kind: String? = nil, tags: [String] = [],
        k: Int = 10, using: String? = nil
    ) {
        self.collection = collection
        self.merchant = merchant
        self.subject = subject
        self.kind = kind
        self.tags = tags
        self.k = k
        self.using = using
    }
}

/// Parameters of `theme.assets.delete`.
public struct AssetDelete: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// Whose assets.
    public var merchant: String
    /// 1 to 10,000 ids.
    public var ids: [String]
}
