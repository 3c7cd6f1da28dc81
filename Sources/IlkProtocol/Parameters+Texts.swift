extension Parameters {
    /// A text that is to be searched for; nil where it is absent.
    func text(_ name: String) throws(IlkError) -> String? {
        guard let text = try optionalString(name) else { return nil }
        return try Self.checked(text: text, place(name))
    }

    /// A text as it came, within the limit; what only the model can refuse is not looked at.
    static func checked(text: String, _ place: @autoclosure () -> String) throws(IlkError) -> String {
        guard text.utf8.count <= EmbedRequest.maximumText else {
            throw IlkError(
                .tooLarge,
                "\(place()) has \(text.utf8.count) bytes; \(EmbedRequest.maximumText) at most: split it, or send it to a knowledge base"
            )
        }
        return text
    }

    func optionalStrings(_ name: String, atMost limit: Int) throws(IlkError) -> [String]? {
        guard self[name] != nil else { return nil }
        return try strings(name, of: 0...limit)
    }

    /// An array of strings, each within the limit of a text.
    func strings(_ name: String, of counts: ClosedRange<Int>) throws(IlkError) -> [String] {
        let value = try require(name)
        let place = place(name)
        guard value.isArray else { throw Self.mismatch(value, place, "an array of strings") }
        guard value.count >= counts.lowerBound else {
            throw IlkError(.invalidRequest, "\(place) is empty; send at least one")
        }
        guard value.count <= counts.upperBound else {
            throw IlkError(
                .tooLarge, "\(place) has \(value.count) entries; send at most \(counts.upperBound) at once")
        }
        var strings: [String] = []
        strings.reserveCapacity(value.count)
        try value.forEachElement { (index, element) throws(IlkError) in
            guard let text = element.string else { throw Self.mismatch(element, "\(place)[\(index)]", "a string") }
            strings.append(try Self.checked(text: text, "\(place)[\(index)]"))
        }
        return strings
    }

    /// How much something counts: a finite number over 0, of at most a million.
    static func weight(_ element: JSONElement, _ place: @autoclosure () -> String) throws(IlkError) -> Float {
        guard let number = element.double else { throw mismatch(element, place(), "a number over 0") }
        guard number > 0, number <= 1_000_000 else {
            throw IlkError(.invalidRequest, "\(place()) is \(number); a weight is over 0, and 1000000 at most")
        }
        return Float(number)
    }

    /// Parts of a source that a field may have.
    static let maximumParts = 16

    /// The template of a vector field: a string, or weighted parts.
    func source() throws(IlkError) -> [SourcePart]? {
        guard let value = self["source"] else { return nil }
        let place = place("source")
        if let template = value.string { return [SourcePart(template: try Self.template(template, place))] }
        guard value.isArray else {
            throw Self.mismatch(
                value, place,
                "a template such as \"{title}. {brand}\", or parts such as [{\"template\":\"{title}\",\"weight\":2}]")
        }
        guard (1...Self.maximumParts).contains(value.count) else {
            throw IlkError(.invalidRequest, "\(place) has \(value.count) parts; send 1 to \(Self.maximumParts)")
        }
        var parts: [SourcePart] = []
        try value.forEachElement { (index, element) throws(IlkError) in
            let part = try Parameters(element, at: place, index: index, known: ["template", "weight"])
            parts.append(
                SourcePart(
                    template: try Self.template(try part.string("template"), part.place("template")),
                    weight: try part["weight"].map { weight throws(IlkError) in
                        try Self.weight(weight, part.place("weight"))
                    } ?? 1))
        }
        return parts
    }

    private static func template(_ template: String, _ place: String) throws(IlkError) -> String {
        guard (1...4_096).contains(template.utf8.count) else {
            throw IlkError(.invalidRequest, "\(place) has \(template.utf8.count) bytes; a template has 1 to 4096")
        }
        return template
    }
}

extension EmbedRequest {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            texts: try parameters.strings("texts", of: 1...Self.maximumTexts),
            model: try parameters.optionalName("model"), kind: try parameters.optionalWord("kind") ?? .query,
            dimensions: try parameters.int("dimensions", in: 1...Parameters.maximumDimension),
            truncate: try parameters.optionalWord("truncate") ?? .error,
            encoding: try parameters.optionalWord("encoding") ?? .float)
    }
}

extension LegWeights {
    /// Of the member `weights`; a leg that is left out counts 1, one of weight 0 is not searched.
    init(_ parameters: Parameters) throws(IlkError) {
        self.init()
        guard let element = parameters["weights"] else { return }
        let weights = try Parameters(element, at: parameters.place("weights"), known: ["dense", "lexical"])
        for (name, path) in [("dense", \LegWeights.dense), ("lexical", \LegWeights.lexical)] {
            guard let weight = try weights.float(name) else { continue }
            guard weight >= 0, weight <= 1_000_000 else {
                throw IlkError(.invalidRequest, "\(weights.place(name)) is \(weight); choose 0 to 1000000")
            }
            self[keyPath: path] = weight
        }
        guard dense > 0 || lexical > 0 else {
            throw IlkError(.invalidRequest, "\(weights.path) leaves no leg; give one a weight over 0")
        }
    }
}

extension LegScores {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init()
        guard let element = parameters["min_score"] else { return }
        let scores = try Parameters(element, at: parameters.place("min_score"), known: ["dense", "lexical"])
        dense = try scores.float("dense")
        lexical = try scores.float("lexical")
    }
}
