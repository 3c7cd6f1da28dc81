import ArgumentParser
import IlkProtocol

/// A vector field as it is typed: `image=784:l2`, which callers fill, or `text=multilingual-e5-small:{title}. {brand}`,
/// which a model does.
struct VectorArgument: ExpressibleByArgument {
    /// What fills the field.
    enum Content {
        /// The caller.
        case vectors(dimension: Int, metric: MetricName)
        /// A model, the default one where nil, from these texts; from none where the caller brings the model's vectors.
        case model(name: String?, dimension: Int?, source: [SourcePart])
    }
    let name: String
    let content: Content

    static let form = "name=dimension:metric|name=model:source"

    init(name: String, dimension: Int, metric: MetricName) {
        self.name = name
        content = .vectors(dimension: dimension, metric: metric)
    }

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        name = String(argument[..<equals])
        guard let content = Self.content(argument[argument.index(after: equals)...]) else { return nil }
        self.content = content
    }

    private static func content(_ text: Substring) -> Content? {
        let colon = text.firstIndex(of: ":")
        let head = text[..<(colon ?? text.endIndex)]
        let tail = colon.map { String(text[text.index(after: $0)...]) }
        if let dimension = Int(head) {
            return tail.flatMap { MetricName(rawValue: $0) }.map { .vectors(dimension: dimension, metric: $0) }
        }
        // A template has braces, a model's name has none: what begins with a template names no model.
        guard !head.contains("{") else { return .model(name: nil, dimension: nil, source: parts(String(text))) }
        let pieces = head.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count <= 2, !pieces[0].isEmpty, !pieces[0].contains(where: \.isWhitespace) else { return nil }
        var dimension: Int?
        if pieces.count == 2 {
            guard let number = Int(pieces[1]) else { return nil }
            dimension = number
        }
        return .model(name: pieces[0], dimension: dimension, source: tail.map(parts) ?? [])
    }

    /// Parts of a source: `{title} | 0.5*{attributes}`.
    static func parts(_ text: String) -> [SourcePart] {
        text.split(separator: " | ").map { piece in
            let template = piece.drop(while: \.isWhitespace)
            if let star = template.firstIndex(of: "*"), let weight = Float(template[..<star]), weight > 0 {
                return SourcePart(template: String(template[template.index(after: star)...]), weight: weight)
            }
            return SourcePart(template: String(template))
        }
    }

    /// Whether the daemon must be asked which model is the default one.
    var needsDefaultModel: Bool {
        if case .model(nil, _, _) = content { true } else { false }
    }

    /// The field as `collection.create` takes it, with `storage` and `hnsw` where they are given.
    func json(storage: StorageName?, hnsw: [(String, JSONValue)], defaultModel: String) -> JSONValue {
        var members: [(String, JSONValue)]
        switch content {
        case .vectors(let dimension, let metric):
            members = [("dimension", .int(Int64(dimension))), ("metric", .string(metric.rawValue))]
        case .model(let model, let dimension, let source):
            members = [("model", .string(model ?? defaultModel))]
            if let dimension { members.append(("dimension", .int(Int64(dimension)))) }
            if !source.isEmpty { members.append(("source", source.json)) }
        }
        if let storage { members.append(("storage", .string(storage.rawValue))) }
        if !hnsw.isEmpty { members.append(("hnsw", .object(JSONObject(hnsw)))) }
        return .object(JSONObject(members))
    }
}

extension [SourcePart] {
    /// As the wire has a source: the template alone where there is one, of no special weight.
    var json: JSONValue {
        if count == 1, self[0].weight == 1 { return .string(self[0].template) }
        return .array(
            map { part in
                .object(
                    JSONObject([("template", .string(part.template)), ("weight", .double(part.weight.asTyped))]))
            })
    }
}

extension Float {
    /// The number that a person typed: 0.3 and not 0.30000001192.
    var asTyped: Double { Double(description) ?? Double(self) }
}

/// A payload field whose words are searched, as `title`, or `title=2` where it counts twice.
struct TextArgument: ExpressibleByArgument {
    let field: TextField

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), !parts[0].isEmpty else { return nil }
        var weight: Float = 1
        if parts.count == 2 {
            guard let number = Float(parts[1]), number > 0 else { return nil }
            weight = number
        }
        field = TextField(path: parts[0], weight: weight)
    }
}
