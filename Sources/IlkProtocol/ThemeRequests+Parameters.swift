extension ThemeUpsert {
    /// Themes, or ids of themes, that one request may name.
    static let maximumThemes = 10_000

    init(_ parameters: Parameters) throws(IlkError) {
        let place = parameters.place("themes")
        let element = try parameters.require("themes")
        guard element.isArray else { throw Parameters.mismatch(element, place, "an array of themes") }
        guard element.count > 0 else { throw IlkError(.invalidRequest, "\(place) is empty; send at least one") }
        guard element.count <= Self.maximumThemes else {
            throw IlkError(
                .tooLarge, "\(place) has \(element.count) themes; send at most \(Self.maximumThemes) at once")
        }
        var themes: [WireTheme] = []
        themes.reserveCapacity(element.count)
        var ids: Set<String> = []
        try element.forEachElement { (index, element) throws(IlkError) in
            let each = try Parameters(element, at: "themes", index: index, known: WireTheme.fields)
            let theme = try WireTheme(each)
            guard ids.insert(theme.id).inserted else {
                throw IlkError(
                    .invalidRequest, "\(each.place("id")) is \(theme.id.quoted) again; send each theme once")
            }
            themes.append(theme)
        }
        self.init(collection: try parameters.name("collection"), themes: themes)
    }
}

extension WireTheme {
    static let fields = [
        "id", "title", "description", "industry", "season", "heat", "hot_words", "expansions", "indicators",
    ]

    fileprivate init(_ parameters: Parameters) throws(IlkError) {
        let title = try parameters.string("title")
        guard title.contains(where: { !$0.isWhitespace }) else {
            throw IlkError(.invalidRequest, "\(parameters.place("title")) says nothing; give the theme a title")
        }
        self.init(
            id: try Self.checked(id: try parameters.string("id"), parameters.place("id")),
            title: try Parameters.shortText(title, parameters.place("title"), atMost: Self.maximumTitle),
            description: try parameters.shortText("description", atMost: Self.maximumDescription),
            industry: try parameters.shortText("industry", atMost: 256),
            season: try parameters.shortText("season", atMost: 256),
            heat: try parameters.heat(), hotWords: try parameters.themeWords("hot_words"),
            expansions: try parameters.themeWords("expansions"), indicators: try parameters.ruleObject("indicators"))
    }

    static func checked(id: String, _ place: @autoclosure () -> String) throws(IlkError) -> String {
        guard (1...maximumID).contains(id.utf8.count), !id.utf8.contains(0) else {
            throw IlkError(
                .invalidRequest,
                "\(place()) has \(id.utf8.count) bytes; a theme's id has 1 to \(maximumID), without NUL")
        }
        return id
    }
}

extension Parameters {
    fileprivate static func shortText(
        _ text: String, _ place: @autoclosure () -> String, atMost limit: Int
    ) throws(IlkError) -> String {
        guard text.utf8.count <= limit else {
            throw IlkError(.tooLarge, "\(place()) has \(text.utf8.count) bytes; \(limit) at most: shorten it")
        }
        return text
    }

    fileprivate func shortText(_ name: String, atMost limit: Int) throws(IlkError) -> String? {
        guard let text = try optionalString(name), !text.isEmpty else { return nil }
        return try Self.shortText(text, place(name), atMost: limit)
    }

    fileprivate func heat() throws(IlkError) -> Double {
        guard let element = self["heat"] else { return 0 }
        guard let heat = element.double else { throw Self.mismatch(element, place("heat"), "a number") }
        return heat
    }

    fileprivate func themeWords(_ name: String) throws(IlkError) -> [String] {
        let words = try optionalStrings(name, atMost: WireTheme.maximumWords) ?? []
        for (index, word) in words.enumerated() {
            _ = try Self.shortText(word, "\(place(name))[\(index)]", atMost: WireTheme.maximumTitle)
        }
        return words.filter { $0.contains { !$0.isWhitespace } }
    }

    /// Thresholds by field; what they mean is the collection's business.
    fileprivate func ruleObject(_ name: String) throws(IlkError) -> JSONObject {
        guard let element = self[name] else { return JSONObject() }
        guard case .object(let rules) = element.value else {
            throw Self.mismatch(element, place(name), "an object of thresholds by field")
        }
        try Self.refuseRepeatedKeys(element, place(name))
        guard rules.members.count <= 256 else {
            throw IlkError(.tooLarge, "\(place(name)) has \(rules.members.count) fields; send at most 256")
        }
        return rules
    }

    func themeIDs(_ name: String) throws(IlkError) -> [String] {
        let ids = try strings(name, of: 1...ThemeUpsert.maximumThemes)
        for (index, id) in ids.enumerated() { _ = try WireTheme.checked(id: id, "\(place(name))[\(index)]") }
        return ids
    }

    func subject() throws(IlkError) -> ThemeSubject? {
        switch (try optionalString("theme"), try text("text")) {
        case (.some, .some): throw IlkError(.invalidRequest, "\(path) has both 'theme' and 'text'; send one of them")
        case (let id?, nil): return .theme(try WireTheme.checked(id: id, place("theme")))
        case (nil, let text?): return .text(text)
        case (nil, nil): return nil
        }
    }
}

extension ThemeNames {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(collection: try parameters.name("collection"), ids: try parameters.themeIDs("ids"))
    }
}

extension ThemeList {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), industry: try parameters.optionalString("industry"),
            limit: try parameters.int("limit", in: 1...10_000) ?? 100, cursor: try parameters.cursor())
    }
}

extension ThemeMatch {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"),
            idea: try Parameters.checked(text: try parameters.string("idea"), parameters.place("idea")),
            industry: try parameters.optionalString("industry"), k: try parameters.int("k", in: 1...1_000) ?? 5,
            using: try parameters.optionalName("using"))
    }
}

extension SelectionRules {
    /// The fields that it adds to a request, but for `by`.
    static let fields = ["indicators", "quality", "filter", "using", "expand"]

    /// Reads everything but `by`, which means something else in `theme.floors`.
    fileprivate init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            indicators: try parameters.ruleObject("indicators"), quality: try parameters.ruleObject("quality"),
            filter: try parameters.filter(), using: try parameters.optionalName("using"),
            expand: parameters["expand"] == nil ? true : try parameters.bool("expand"))
    }

    fileprivate init(withWays parameters: Parameters) throws(IlkError) {
        try self.init(parameters)
        guard let element = parameters["by"] else { return }
        let place = parameters.place("by")
        guard element.isArray else {
            throw Parameters.mismatch(element, place, "an array of 'lexical', 'semantic', 'indicators'")
        }
        var ways: [SelectionWay] = []
        try element.forEachElement { (index, element) throws(IlkError) in
            let way: SelectionWay = try Parameters.word(element, "\(place)[\(index)]")
            guard !ways.contains(way) else {
                throw IlkError(.invalidRequest, "\(place)[\(index)] is '\(way.rawValue)' again; name each way once")
            }
            ways.append(way)
        }
        guard !ways.isEmpty else {
            throw IlkError(.invalidRequest, "\(place) is empty; name a way, or leave it out for all")
        }
        by = ways
    }
}

extension ThemeSelect {
    static let fields =
        ["collection", "theme", "text", "size", "by"] + SelectionRules.fields + ["with_payload", "explain"]

    init(_ parameters: Parameters) throws(IlkError) {
        guard let subject = try parameters.subject() else {
            throw IlkError(.invalidRequest, "\(parameters.path) lacks 'theme' or 'text': what shall products be for?")
        }
        self.init(
            collection: try parameters.name("collection"), subject: subject,
            size: try parameters.int("size", in: 1...10_000) ?? 60, rules: try SelectionRules(withWays: parameters),
            withPayload: try parameters.payloadSelection(default: .none), explain: try parameters.bool("explain"))
    }
}

extension FloorRules {
    static let fields = ["by", "size", "floors", "smallest", "max_per", "bands"]

    fileprivate init(_ parameters: Parameters) throws(IlkError) {
        self.init()
        if let path = try parameters.optionalString("by") {
            by = try Parameters.checkedPath(path, parameters.place("by"))
        }
        size = try parameters.int("size", in: 1...1_000) ?? 8
        floors = try parameters.int("floors", in: 1...100) ?? 8
        smallest = try parameters.int("smallest", in: 1...1_000)
        if let element = parameters["max_per"] {
            let place = parameters.place("max_per")
            guard element.isObject else { throw Parameters.mismatch(element, place, "an object of counts by field") }
            try Parameters.refuseRepeatedKeys(element, place)
            try element.forEachMember { (path, value) throws(IlkError) in
                guard let count = value.int, (1...1_000).contains(count) else {
                    throw Parameters.mismatch(value, "\(place).\(path)", "an integer from 1 to 1000")
                }
                maximumPer.append((try Parameters.checkedPath(path, "a field of \(place)"), Int(count)))
            }
        }
        if let element = parameters["bands"] {
            let place = parameters.place("bands")
            guard element.isArray, element.count <= 100 else {
                throw Parameters.mismatch(element, place, "an array of up to 100 numbers")
            }
            try element.forEachElement { (index, element) throws(IlkError) in
                guard let edge = element.double else {
                    throw Parameters.mismatch(element, "\(place)[\(index)]", "a number")
                }
                guard bands.last.map({ $0 < edge }) ?? true else {
                    throw IlkError(
                        .invalidRequest, "\(place)[\(index)] is \(edge), not over the one before; send edges ascending")
                }
                bands.append(edge)
            }
        }
    }
}

extension ThemeFloors {
    static let fields =
        ["collection", "theme", "text", "products"] + FloorRules.fields + SelectionRules.fields + ["with_payload"]

    init(_ parameters: Parameters) throws(IlkError) {
        let source: Source
        switch (try parameters.subject(), parameters["products"]) {
        case (.some, .some):
            throw IlkError(
                .invalidRequest, "\(parameters.path) has 'products' beside a theme or a text; send one of them")
        case (nil, nil):
            throw IlkError(
                .invalidRequest, "\(parameters.path) lacks 'theme', 'text' or 'products': what shall be set out?")
        case (let subject?, nil): source = .subject(subject)
        case (nil, .some): source = .products(try parameters.ids("products"))
        }
        self.init(
            collection: try parameters.name("collection"), source: source, plan: try FloorRules(parameters),
            rules: try SelectionRules(parameters), withPayload: try parameters.payloadSelection(default: .none))
    }
}

extension ThemeBatch {
    static let fields =
        ["collection", "themes", "size", "by"] + SelectionRules.fields + ["floors", "exclusive", "with_products"]

    init(_ parameters: Parameters) throws(IlkError) {
        var plan: FloorRules?
        if let element = parameters["floors"], element.bool != false {
            plan = FloorRules()
            if element.bool != true {
                plan = try FloorRules(
                    Parameters(element, at: parameters.place("floors"), known: FloorRules.fields))
            }
        }
        self.init(
            collection: try parameters.name("collection"),
            themes: parameters["themes"] == nil ? nil : try parameters.themeIDs("themes"),
            size: try parameters.int("size", in: 1...1_000) ?? 60, rules: try SelectionRules(withWays: parameters),
            plan: plan, exclusive: try parameters.bool("exclusive"),
            withProducts: parameters["with_products"] == nil ? true : try parameters.bool("with_products"))
    }
}

extension ToolSchemaRequest {
    init(_ parameters: Parameters) throws(IlkError) {
        var fields: [String]?
        if let paths = try parameters.optionalStrings("fields", atMost: Parameters.maximumPaths) {
            for (index, path) in paths.enumerated() {
                _ = try Parameters.checkedPath(path, "\(parameters.place("fields"))[\(index)]")
            }
            fields = paths
        }
        self.init(
            collection: try parameters.name("collection"), fields: fields, filter: try parameters.filter(),
            values: try parameters.int("values", in: 1...1_000) ?? 20)
    }
}
