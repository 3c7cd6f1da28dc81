extension AssetUpsert {
    init(_ parameters: Parameters) throws(IlkError) {
        let place = parameters.place("assets")
        let element = try parameters.require("assets")
        guard element.isArray else { throw Parameters.mismatch(element, place, "an array of assets") }
        guard element.count > 0 else { throw IlkError(.invalidRequest, "\(place) is empty; send at least one") }
        guard element.count <= WireAsset.maximumBatch else {
            throw IlkError(
                .tooLarge, "\(place) has \(element.count) assets; send at most \(WireAsset.maximumBatch) at once")
        }
        var assets: [WireAsset] = []
        var seen: Set<[String]> = []
        try element.forEachElement { (index, element) throws(IlkError) in
            let each = try Parameters(element, at: "assets", index: index, known: WireAsset.fields)
            let asset = try WireAsset(each)
            guard seen.insert([asset.merchant, asset.id]).inserted else {
                throw IlkError(
                    .invalidRequest, "\(each.place("id")) is \(asset.id.quoted) again; send each asset once")
            }
            assets.append(asset)
        }
        self.init(collection: try parameters.name("collection"), assets: assets)
    }
}

extension WireAsset {
    static let fields = ["id", "merchant", "kind", "url", "text", "vector", "tags"]

    fileprivate init(_ parameters: Parameters) throws(IlkError) {
        let vector = try parameters["vector"].map { element throws(IlkError) in
            try Parameters.vector(element, parameters.place("vector")).values
        }
        let text = try parameters.optionalString("text")
        switch (text, vector) {
        case (.some, .some):
            throw IlkError(.invalidRequest, "\(parameters.path) has both 'text' and 'vector'; send one of them")
        case (nil, nil):
            throw IlkError(
                .invalidRequest, "\(parameters.path) lacks 'text' or 'vector': what is its style?")
        default: break
        }
        if let text, !text.contains(where: { !$0.isWhitespace }) {
            throw IlkError(.invalidRequest, "\(parameters.place("text")) says nothing; describe the style")
        }
        self.init(
            id: try parameters.tenantName("id"), merchant: try parameters.tenantName("merchant"),
            kind: try parameters.optionalName("kind") ?? "picture",
            url: try parameters.limited("url", atMost: Self.maximumURL),
            text: try parameters.limited("text", atMost: Self.maximumText), vector: vector,
            tags: try parameters.tags())
    }
}

extension AssetMatch {
    static let fields = ["collection", "merchant", "theme", "text", "kind", "tags", "k", "using"]

    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), merchant: try parameters.tenantName("merchant"),
            subject: try parameters.subject(), kind: try parameters.optionalName("kind"), tags: try parameters.tags(),
            k: try parameters.int("k", in: 1...10_000) ?? 10, using: try parameters.optionalName("using"))
    }
}

extension AssetDelete {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), merchant: try parameters.tenantName("merchant"),
            ids: try parameters.strings("ids", of: 1...WireAsset.maximumBatch))
    }
}

extension Parameters {
    /// The name of a merchant or of one of its assets: exactly as it is written, so that no two become one.
    fileprivate func tenantName(_ name: String) throws(IlkError) -> String {
        let text = try string(name)
        guard (1...200).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw IlkError(
                .invalidRequest, "\(place(name)) has \(text.utf8.count) bytes; it has 1 to 200, without NUL")
        }
        return text
    }

    fileprivate func limited(_ name: String, atMost limit: Int) throws(IlkError) -> String? {
        guard let text = try optionalString(name) else { return nil }
        guard text.utf8.count <= limit else {
            throw IlkError(.tooLarge, "\(place(name)) has \(text.utf8.count) bytes; \(limit) at most: shorten it")
        }
        return text
    }

    fileprivate func tags() throws(IlkError) -> [String] {
        let tags = try optionalStrings("tags", atMost: WireAsset.maximumTags) ?? []
        for (index, tag) in tags.enumerated() where !(1...200).contains(tag.utf8.count) {
            throw IlkError(
                .invalidRequest, "\(place("tags"))[\(index)] has \(tag.utf8.count) bytes; a tag has 1 to 200")
        }
        return tags
    }
}
