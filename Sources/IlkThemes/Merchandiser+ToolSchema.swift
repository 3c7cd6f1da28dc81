import IlkCollection
import IlkFilter
package import IlkProtocol

extension Merchandiser {
    /// The percentiles that a model is shown of a number.
    private static let percentiles: [Double] = [5, 25, 50, 75, 95]

    /// The definition of a function whose arguments are the `indicators` of `theme.select`, for a language model to call.
    ///
    /// Its parameters are a JSON Schema with ranges, percentiles and example values of what the points have now.
    ///
    /// - Returns: `{"function":{"name","description","parameters"},"points": how many were looked at}`.
    /// - Throws: `not_found` with the nearest field.
    package func toolSchema(_ request: ToolSchemaRequest) throws(IlkError) -> JSONObject {
        let declared = try collection.schema().fields
        var shown = declared
        if let paths = request.fields {
            shown = []
            for path in paths {
                guard let field = declared.first(where: { $0.path == path }) else {
                    throw IlkError(
                        .notFound,
                        "no payload field '\(path)' is declared\(NearestName.hint(for: path, among: declared.map(\.path)))"
                    )
                }
                shown.append(field)
            }
        }
        guard !shown.isEmpty else {
            throw IlkError(
                .invalidRequest,
                "collection '\(collection.name)' declares no payload fields; create one with \"fields\":{\"price\":\"float\"}"
            )
        }
        let filter = try request.filter.map { filter throws(IlkError) in try collection.expression(filter) }
        let (properties, points) = try collection.withFields(passing: filter) { view throws(IlkError) in
            let properties = shown.map { field in
                (field.path, JSONValue.object(property(of: field, view, values: request.values)))
            }
            return (JSONObject(properties), view.matching.count)
        }
        let parameters = JSONObject([
            ("type", .string("object")), ("properties", .object(properties)), ("additionalProperties", .bool(false)),
        ])
        let function = JSONObject([
            ("name", .string("select_products")),
            (
                "description",
                .string(
                    "Thresholds that products must keep to; leave out what does not matter. Where nobody named a number, prefer percentiles: cheap is price {\"percentile_max\":30}."
                )
            ),
            ("parameters", .object(parameters)),
        ])
        return JSONObject([("function", .object(function)), ("points", .int(Int64(points)))])
    }

    private func property(of field: PayloadField, _ view: FieldView, values: Int) -> JSONObject {
        guard let index = view.field(field.path) else { return JSONObject() }
        let having = index.presentCount(within: view.matching)
        let coverage = having == view.matching.count ? "" : "; \(having) of \(view.matching.count) have it"
        switch field.kind {
        case .bool:
            let yes = index.facets(within: view.matching, limit: 2).first { $0.value == .bool(true) }?.count ?? 0
            return JSONObject([
                ("description", .string("\(field.path): true for \(yes)\(coverage)")), ("type", .string("boolean")),
            ])
        case .keyword: return keyword(field, index, view, values, coverage)
        case .int, .float, .datetime: return number(field, index.distribution(within: view.matching), coverage)
        }
    }

    private func keyword(
        _ field: PayloadField, _ index: FieldIndex, _ view: FieldView, _ limit: Int, _ coverage: String
    ) -> JSONObject {
        let facets = index.facets(within: view.matching, limit: limit + 1)
        let examples = facets.prefix(limit).map(\.value)
        let isWhole = facets.count <= limit
        let counts = facets.prefix(5).map { "\($0.value.plainText) (\($0.count))" }.joined(separator: ", ")
        let note = isWhole ? "" : "; more values than are listed here"
        var one = JSONObject([("type", .string("string"))])
        one[isWhole && !examples.isEmpty ? "enum" : "examples"] = .array(examples)
        return JSONObject([
            ("description", .string("\(field.path): \(counts)\(note)\(coverage)")),
            (
                "anyOf",
                .array([
                    .object(one),
                    .object(
                        JSONObject([
                            ("type", .string("array")), ("items", .object(one)), ("minItems", .int(1)),
                        ])),
                ])
            ),
        ])
    }

    private func number(_ field: PayloadField, _ numbers: NumberDistribution, _ coverage: String) -> JSONObject {
        func literal(_ value: Double?) -> JSONValue {
            guard let value else { return .null }
            if field.kind == .datetime { return .string(Timestamp.text(Int64(value))) }
            return FilterNumber(value).map { FilterValue.number($0).json } ?? .null
        }
        let percentiles = JSONObject(
            Self.percentiles.map { ("\(Int($0))", literal(numbers.value(atPercentile: $0))) })
        var bound = JSONObject([("type", .string(field.kind == .datetime ? "string" : "number"))])
        if field.kind == .datetime {
            bound["format"] = .string("date-time")
        } else if numbers.count > 0 {
            bound["minimum"] = literal(numbers.least)
            bound["maximum"] = literal(numbers.greatest)
        }
        let percent = JSONValue.object(
            JSONObject([("type", .string("number")), ("minimum", .int(0)), ("maximum", .int(100))]))
        let range =
            numbers.count == 0
            ? "no point has it"
            : "\(literal(numbers.least).plainText) to \(literal(numbers.greatest).plainText), half of them up to \(literal(numbers.value(atPercentile: 50)).plainText)"
        return JSONObject([
            ("description", .string("\(field.path): \(range)\(coverage)")), ("type", .string("object")),
            (
                "properties",
                .object(
                    JSONObject([
                        ("min", .object(bound)), ("max", .object(bound)), ("percentile_min", percent),
                        ("percentile_max", percent),
                    ]))
            ),
            ("additionalProperties", .bool(false)), ("minProperties", .int(1)), ("x-percentiles", .object(percentiles)),
        ])
    }
}

extension JSONValue {
    /// As a person reads it.
    fileprivate var plainText: String { if case .string(let text) = self { text } else { text } }
}
