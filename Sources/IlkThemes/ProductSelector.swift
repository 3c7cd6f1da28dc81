import IlkCollection
import IlkFilter
import IlkLexical
import IlkProtocol
import IlkVectors

/// Selects products for themes by one set of rules: what all themes of a batch share is made once.
struct ProductSelector: Sendable {
    let collection: VectorCollection
    let schema: CollectionSchema
    let request: SelectionRules
    /// The vector field of the semantic way; nil where it is not gone.
    let field: Int?
    private let ways: Set<SelectionWay>?
    private let quality: [FieldRule]
    private let indicators: [FieldRule]
    private let feedback: Feedback

    /// A selector of the request's rules.
    ///
    /// - Throws: what is wrong with them; then nothing was looked for.
    init(_ request: SelectionRules, in collection: VectorCollection) throws(IlkError) {
        self.collection = collection
        self.request = request
        schema = try collection.schema()
        let ways = request.by.map { Set($0) }
        self.ways = ways
        if ways?.contains(.lexical) == true, schema.text.isEmpty {
            throw IlkError(
                .invalidRequest,
                "way 'lexical' searches words, and this collection has no text fields; create one with \"text\":[\"title\"], or leave the way out"
            )
        }
        field = ways?.contains(.semantic) ?? true ? try collection.modelField(named: request.using) : nil
        if ways?.contains(.semantic) == true, field == nil {
            throw IlkError(
                .invalidRequest,
                "way 'semantic' embeds the theme, and this collection has no vector field with a model; leave the way out"
            )
        }
        indicators = try IndicatorReader(fields: schema.fields, name: "indicators").rules(request.indicators)
        quality = try IndicatorReader(fields: schema.fields, name: "quality", allowsWeights: true)
            .rules(request.quality)
        if let ways, !ways.contains(.indicators), !indicators.isEmpty {
            throw IlkError(
                .invalidRequest, "there are 'indicators', and 'by' leaves them out; add \"indicators\" to 'by'")
        }
        feedback = Feedback(collection: collection, schema: schema)
    }

    // MARK: One theme

    /// Selects up to `size` products for a theme.
    ///
    /// - Parameters:
    ///   - theme: the theme.
    ///   - size: products wanted.
    ///   - excluding: products that are taken already.
    /// - Returns: the products, best first, and how they were found.
    /// - Throws: what is wrong with its indicators.
    func select(for theme: WireTheme, size: Int, excluding: Set<PointID> = []) throws(IlkError) -> Selection {
        let ways = try ways(for: theme)
        let rules = try ResolvedRules(
            indicators: ways.contains(.indicators) ? try indicators(of: theme) : [], quality: quality,
            filter: request.filter, in: collection)
        guard ways.contains(.lexical) || ways.contains(.semantic) else {
            return try byIndicatorsAlone(ways, rules, size, excluding)
        }
        // Some of what is found may be taken already.
        let depth = min(max(100, 3 * size) + excluding.count, 30_000)
        var question = LegQuestion(
            dense: nil, texts: ways.contains(.lexical) ? theme.weightedTexts : [], filter: rules.filter, depth: depth)
        if ways.contains(.semantic), let field {
            question.dense = try collection.embed([theme.textToEmbed], field: field, kind: .query)[0].map {
                ($0, field)
            }
        }
        var expansion = Expansion()
        if request.expand, theme.expansions.isEmpty {
            expansion = try feedback.expand(&question) { question throws(IlkError) in
                fused(try collection.legs(question)).map(\.item)
            }
        }
        let answer = try collection.legs(question)
        let found = fused(answer).filter { !excluding.contains($0.item) }
        var products = found.map { one in
            var product = SelectedProduct(id: one.item, score: one.score, meaning: one.scores[0])
            product.ranks[.semantic] = one.ranks[0]
            product.ranks[.lexical] = one.ranks[1]
            return product
        }
        products = try ranked(products, rules, ways, size)
        return Selection(
            products: products, ways: ways, passing: answer.passing, rules: rules, expansion: expansion,
            texts: question.texts, field: field)
    }

    /// The ways that a theme is selected by, in the order of their declaration.
    private func ways(for theme: WireTheme) throws(IlkError) -> [SelectionWay] {
        let hasRules = !indicators.isEmpty || !theme.indicators.members.isEmpty
        if let ways {
            guard !ways.contains(.indicators) || hasRules else {
                throw IlkError(
                    .invalidRequest,
                    "way 'indicators' needs 'indicators', thresholds by field; collection.tool_schema shows which there are"
                )
            }
            return SelectionWay.allCases.filter { ways.contains($0) }
        }
        let all = SelectionWay.allCases.filter { way in
            switch way {
            case .lexical: !schema.text.isEmpty
            case .semantic: field != nil
            case .indicators: hasRules
            }
        }
        guard !all.isEmpty else {
            throw IlkError(
                .invalidRequest,
                "this collection has neither text fields nor a vector field with a model, so products are selected by 'indicators' alone; send some"
            )
        }
        return all
    }

    /// The request's rules, and those of the theme for other fields.
    private func indicators(of theme: WireTheme) throws(IlkError) -> [FieldRule] {
        let own = try IndicatorReader(fields: schema.fields, name: "theme \(theme.id.quoted): indicators")
            .rules(theme.indicators)
        return indicators + own.filter { rule in !indicators.contains { $0.path == rule.path } }
    }

    /// What the legs found, put together: the dense one is way 0, the lexical one way 1.
    private func fused(_ answer: LegAnswer) -> [WayFusion<PointID>.Fused] {
        WayFusion().fuse([
            WayFusion.Way(hits: answer.dense.map { ($0.id, $0.score) }, scale: .meaning(answer.background)),
            WayFusion.Way(
                hits: answer.lexical.map { ($0.id, $0.score) }, scale: .words(largest: answer.largestLexical)),
        ])
    }

    // MARK: Indicators and quality

    /// Adds what quality weighs, and the rank by indicators; the best `size`, best first.
    private func ranked(
        _ products: [SelectedProduct], _ rules: ResolvedRules, _ ways: [SelectionWay], _ size: Int
    ) throws(IlkError) -> [SelectedProduct] {
        guard !rules.indicators.isEmpty || !rules.weighing.isEmpty else { return Array(products.prefix(size)) }
        let ids = products.map(\.id)
        let paths = rules.indicators.map(\.rule.path)
        let (values, weighed) = try collection.withFields { view throws(IlkError) in
            (paths.map { view.values(at: $0, of: ids) }, rules.weighing.map { view.values(at: $0.path, of: ids) })
        }
        var products = products
        var margins: [Double] = []
        for place in products.indices {
            var margin = 0.0
            for (number, threshold) in rules.indicators.enumerated() {
                let own = values[number][place]
                let best = own.map { (threshold.margin(of: $0, among: rules.numbers[paths[number]]), $0) }
                    .max { $0.0 < $1.0 }
                products[place].values.append(best?.1)
                margin += best?.0 ?? 0
            }
            margins.append(rules.indicators.isEmpty ? 0 : margin / Double(rules.indicators.count))
            for (number, rule) in rules.weighing.enumerated() {
                guard case .number(let value)? = weighed[number][place].first,
                    let percent = rules.numbers[rule.path]?.percentile(of: value.double)
                else { continue }
                products[place].score += rule.weight * percent / 100
            }
        }
        func order(_ a: Int, _ b: Int) -> Bool {
            (products[a].score, margins[a], b) > (products[b].score, margins[b], a)
        }
        if ways.contains(.indicators) {
            let byMargin = products.indices.sorted { (margins[$0], $1) > (margins[$1], $0) }
            for (rank, place) in byMargin.enumerated() { products[place].ranks[.indicators] = rank + 1 }
        }
        return products.indices.sorted(by: order).prefix(size).map { products[$0] }
    }

    /// Points that one selection by indicators alone compares.
    private static let comparedByIndicators = 1_000_000

    /// Every point that passes, by how well it keeps to the rules.
    private func byIndicatorsAlone(
        _ ways: [SelectionWay], _ rules: ResolvedRules, _ size: Int, _ excluding: Set<PointID>
    ) throws(IlkError) -> Selection {
        let (ids, passing) = try collection.withFields(passing: rules.filter) { view throws(IlkError) in
            (view.ids(of: view.matching, limit: Self.comparedByIndicators), view.matching.count)
        }
        var products = ids.filter { !excluding.contains($0) }.map { SelectedProduct(id: $0, score: 0) }
        products = try ranked(products, rules, ways, products.count)
        // Without another way the rank is the score.
        products.sort { ($0.ranks[.indicators] ?? 0) < ($1.ranks[.indicators] ?? 0) }
        let weighs = !rules.weighing.isEmpty
        for place in products.indices {
            products[place].score += 1 - Double(place) / Double(max(products.count, 1))
        }
        if weighs { products.sort { ($0.score, $1.ranks[.indicators] ?? 0) > ($1.score, $0.ranks[.indicators] ?? 0) } }
        return Selection(
            products: Array(products.prefix(size)), ways: ways, passing: passing, rules: rules,
            expansion: Expansion(), texts: [], field: nil)
    }
}
