import ArgumentParser
import IlkProtocol

/// How products are selected for a theme.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Thresholds by field as JSON, such as '{\"price\":{\"percentile_max\":30},\"free_shipping\":true}'. `ilk tool-schema` shows what there is.",
            valueName: "json"))
    var indicators: String?
    @Option(
        help: ArgumentHelp(
            "What is fit to be sold, as JSON: thresholds, and a weight, such as '{\"stock\":{\"min\":1},\"sales\":{\"weight\":0.2}}'.",
            valueName: "json"))
    var quality: String?
    @Option(help: ArgumentHelp("Only products that pass this filter.", valueName: "filter")) var filter: String?
    @Option(help: ArgumentHelp("The vector field, where the collection has several.", valueName: "field"))
    var using: String?
    @Flag(inversion: .prefixedNo, help: "Expand themes that have no expansions of their own.") var expand = true

    func validate() throws { _ = try parameters }

    /// The parameters that they are on the wire.
    var parameters: [(String, JSONValue)] {
        get throws {
            var params: [(String, JSONValue)] = []
            if let indicators { params.append(("indicators", try TypedJSON.value(indicators, at: "--indicators"))) }
            if let quality { params.append(("quality", try TypedJSON.value(quality, at: "--quality"))) }
            if let filter { params.append(("filter", .string(filter))) }
            if let using { params.append(("using", .string(using))) }
            if !expand { params.append(("expand", .bool(false))) }
            return params
        }
    }
}

/// What products are selected for: the id of a theme, or a text.
struct SubjectOptions: ParsableArguments {
    @Argument(help: "The theme's id.") var theme: String?
    @Option(help: ArgumentHelp("A text in place of a theme.", valueName: "text")) var text: String?

    /// The parameter that it is on the wire; none where neither is given.
    var parameters: [(String, JSONValue)] {
        theme.map { [("theme", .string($0))] } ?? text.map { [("text", .string($0))] } ?? []
    }
}

/// What of a product is shown beside its id: the fields asked for, else what a title may be called.
struct ProductColumns {
    let fields: [String]

    init(_ fields: String?) { self.fields = fields?.split(separator: ",").map(String.init) ?? ["title", "name"] }

    var payload: JSONValue { .array(fields.map { .string($0) }) }

    func text(_ product: JSONValue) -> String {
        let payload = product["payload"]
        return fields.compactMap { payload?[$0] }.filter { $0 != .null }.map(\.plain).joined(separator: "  ").cut(
            to: 60)
    }
}
