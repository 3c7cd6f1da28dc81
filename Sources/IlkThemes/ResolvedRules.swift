import IlkCollection
import IlkFilter
import IlkProtocol

/// Rules of one request made ready: percentiles have become bounds, and everything has become one filter.
///
/// Percentiles are reckoned among the points that pass the filter and every rule without a percentile: what is cheap
/// among women's wear, not in the whole shop.
struct ResolvedRules: Sendable {
    /// One rule with the bounds that its percentiles became.
    struct Threshold: Sendable {
        var rule: FieldRule
        var bounds: FieldRule.Bounds?
    }

    /// What may be selected; nil where everything may.
    let filter: FilterExpression?
    /// The rules of the theme and of the request.
    let indicators: [Threshold]
    /// Rules that weigh products by where they stand in a field.
    let weighing: [FieldRule]
    /// By path, the numbers of fields that products are compared in.
    let numbers: [String: NumberDistribution]

    /// Checks rules against the collection, and resolves them.
    ///
    /// - Throws: `invalid_request` that names field, value and the nearest right one; what is wrong with the filter.
    init(
        indicators: [FieldRule], quality: [FieldRule], filter: WireFilter?, in collection: VectorCollection
    ) throws(IlkError) {
        let own = try filter.map { filter throws(IlkError) in try collection.expression(filter) }
        let rules = quality + indicators
        if !rules.isEmpty {
            try collection.withFields { view throws(IlkError) in
                try RuleCheck(view: view, name: "indicators").check(indicators)
                try RuleCheck(view: view, name: "quality").check(quality)
            }
        }
        let base = FilterExpression.all([own].compactMap { $0 } + rules.compactMap(\.plainFilter))
        let compared = Set(rules.filter { !$0.percentiles.isEmpty || !$0.bounds.isEmpty || $0.weight != 0 }.map(\.path))
        var found: [String: NumberDistribution] = [:]
        if !compared.isEmpty {
            found = try collection.withFields(passing: base) { view throws(IlkError) in
                var found: [String: NumberDistribution] = [:]
                for path in compared { found[path] = view.field(path)?.distribution(within: view.matching) }
                return found
            }
        }
        var parts = [base].compactMap { $0 }
        var thresholds: [Threshold] = []
        for (place, rule) in rules.enumerated() {
            let bounds = rule.resolved(among: found[rule.path] ?? NumberDistribution())
            if let bounds { parts.append(rule.filter(of: bounds)) }
            if place >= quality.count { thresholds.append(Threshold(rule: rule, bounds: bounds)) }
        }
        self.filter = FilterExpression.all(parts)
        self.indicators = thresholds
        weighing = quality.filter { $0.weight != 0 }
        numbers = found
    }

    /// The bounds that percentiles became, by path, for the reply.
    var json: JSONObject {
        var json = JSONObject()
        for threshold in indicators {
            var shown = JSONObject()
            for (key, value) in [("min", threshold.bounds?.least), ("max", threshold.bounds?.most)] {
                if let value { shown[key] = value.json }
            }
            if !shown.members.isEmpty { json[threshold.rule.path] = .object(shown) }
        }
        return json
    }
}

extension ResolvedRules.Threshold {
    /// How well a value keeps to the rule, 0 to 1: how far it is on the side that was asked for; 1 where any that
    /// passes is as good as another.
    func margin(of value: FilterValue, among numbers: NumberDistribution?) -> Double {
        guard case .number(let number) = value, let percent = numbers?.percentile(of: number.double) else { return 1 }
        let isBelow = rule.bounds.most != nil || rule.percentiles.most != nil
        let isAbove = rule.bounds.least != nil || rule.percentiles.least != nil
        return isBelow == isAbove ? 1 : isBelow ? 1 - percent / 100 : percent / 100
    }

    /// Why a value keeps to the rule, for a person: `price 19.9 ≤ 29.9 (30th percentile)`.
    func reason(for value: FilterValue) -> String {
        if case .bool(let flag) = value { return flag ? rule.path : "not \(rule.path)" }
        guard case .number(let number) = value else { return "\(rule.path) \(plain(value))" }
        func shown(_ value: FilterValue) -> String { plain(value) }
        let own = rule.kind == .datetime ? Timestamp.text(Int64(number.double)) : "\(number)"
        var text = "\(rule.path) \(own)"
        if let most = rule.bounds.most { text += " ≤ \(shown(most))" }
        if let least = rule.bounds.least { text += " ≥ \(shown(least))" }
        if let most = bounds?.most, let percent = rule.percentiles.most {
            text += " ≤ \(shown(most)) (\(ordinal(percent)) percentile)"
        }
        if let least = bounds?.least, let percent = rule.percentiles.least {
            text += " ≥ \(shown(least)) (\(ordinal(percent)) percentile)"
        }
        return text
    }

    private func plain(_ value: FilterValue) -> String {
        if case .string(let text) = value { text } else { "\(value)" }
    }

    private func ordinal(_ percent: Double) -> String {
        guard let whole = Int(exactly: percent) else { return "\(percent)th" }
        let ending = (11...13).contains(whole % 100) ? "th" : [1: "st", 2: "nd", 3: "rd"][whole % 10] ?? "th"
        return "\(whole)\(ending)"
    }
}
