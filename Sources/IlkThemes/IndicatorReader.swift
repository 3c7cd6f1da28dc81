import IlkFilter
import IlkProtocol

/// Reads thresholds that a person or a language model filled in.
///
/// Every error names the field, what was found there, and the nearest thing that would have been right: a language model
/// that reads it can mend its call.
struct IndicatorReader {
    let fields: [PayloadField]
    /// Where the rules stand, in the words of an error message.
    let name: String
    /// Whether rules may weigh products beside leaving some out.
    var allowsWeights = false

    /// Reads rules by path.
    ///
    /// - Throws: `invalid_request` for the first thing that is wrong.
    func rules(_ object: JSONObject) throws(IlkError) -> [FieldRule] {
        var rules: [FieldRule] = []
        for member in object.members {
            guard let field = fields.first(where: { $0.path == member.key }) else { throw unknown(member.key) }
            var rule = FieldRule(path: field.path, kind: field.kind)
            try read(member.value, into: &rule)
            rules.append(rule)
        }
        return rules
    }

    private func unknown(_ path: String) -> IlkError {
        let known = fields.map(\.path)
        let hint = NearestName.hint(for: path, among: known)
        let next =
            known.isEmpty
            ? "; this collection declares no payload fields"
            : hint.isEmpty ? "; declared are \(known.prefix(20).joined(separator: ", "))" : hint
        return IlkError(.invalidRequest, "\(name) has \(path.quoted), which is no declared field\(next)")
    }

    private func place(_ rule: FieldRule, _ key: String? = nil) -> String {
        "\(name).\(rule.path)\(key.map { ".\($0)" } ?? "")"
    }

    // MARK: One rule

    private static let keys = ["min", "max", "percentile_min", "percentile_max", "equals", "in"]
    private static let weighingKeys = ["weight", "or_missing"]

    private func read(_ value: JSONValue, into rule: inout FieldRule) throws(IlkError) {
        switch value {
        case .array(let values): rule.values = try list(values, rule, nil)
        case .object(let object): try read(object, into: &rule)
        case .null:
            throw IlkError(
                .invalidRequest, "\(place(rule)) is null; send \(expectation(rule)), or leave the field out")
        default: rule.values = [try literal(value, rule, nil)]
        }
    }

    private func read(_ object: JSONObject, into rule: inout FieldRule) throws(IlkError) {
        let known = Self.keys + (allowsWeights ? Self.weighingKeys : [])
        for (key, value) in object.members.map({ ($0.key, $0.value) }) where value != .null {
            switch key {
            case "min": rule.bounds.least = try bound(value, rule, key)
            case "max": rule.bounds.most = try bound(value, rule, key)
            case "percentile_min": rule.percentiles.least = try percentile(value, rule, key)
            case "percentile_max": rule.percentiles.most = try percentile(value, rule, key)
            case "equals": rule.values = [try literal(value, rule, key)]
            case "in":
                guard case .array(let values) = value else {
                    throw IlkError(.invalidRequest, "\(place(rule, key)) is \(shown(value)); send an array of values")
                }
                rule.values = try list(values, rule, key)
            case "weight" where allowsWeights: rule.weight = try weight(value, rule, key)
            case "or_missing" where allowsWeights:
                guard case .bool(let flag) = value else {
                    throw IlkError(.invalidRequest, "\(place(rule, key)) is \(shown(value)); send true or false")
                }
                rule.passesMissing = flag
            default:
                let hint = NearestName.of(key, among: known).map { "did you mean '\($0)'?" }
                throw IlkError(
                    .invalidRequest,
                    "\(place(rule)) has \(key.quoted); \(hint ?? "known are \(known.joined(separator: ", "))")")
            }
        }
        guard rule.isPlain || !rule.percentiles.isEmpty || rule.weight != 0 else {
            throw IlkError(.invalidRequest, "\(place(rule)) is an empty object; send \(expectation(rule))")
        }
        try checkOrder(rule)
    }

    private func checkOrder(_ rule: FieldRule) throws(IlkError) {
        func isAfter(_ least: FilterValue, _ most: FilterValue) -> Bool {
            guard case .string(let least) = least, case .string(let most) = most else { return least > most }
            return (Timestamp.parse(least) ?? 0) > (Timestamp.parse(most) ?? 0)
        }
        if let least = rule.bounds.least, let most = rule.bounds.most, isAfter(least, most) {
            throw IlkError(
                .invalidRequest, "\(place(rule)) has min \(least) over max \(most); nothing is both: swap them")
        }
        if let least = rule.percentiles.least, let most = rule.percentiles.most, least > most {
            throw IlkError(
                .invalidRequest,
                "\(place(rule)) has percentile_min \(least) over percentile_max \(most); nothing is both: swap them")
        }
    }

    private func list(_ values: [JSONValue], _ rule: FieldRule, _ key: String?) throws(IlkError) -> [FilterValue] {
        guard (1...1_000).contains(values.count) else {
            throw IlkError(
                .invalidRequest, "\(place(rule, key)) is an array of \(values.count) values; send 1 to 1000")
        }
        var literals: [FilterValue] = []
        for value in values { literals.append(try literal(value, rule, key)) }
        return literals
    }

    /// A value to be equal to.
    private func literal(_ value: JSONValue, _ rule: FieldRule, _ key: String?) throws(IlkError) -> FilterValue {
        switch (rule.kind, FilterValue(value)) {
        case (.keyword, .string(let text)?): return .string(text)
        case (.bool, .bool(let flag)?): return .bool(flag)
        case (.int, .number(let number)?), (.float, .number(let number)?): return .number(number)
        case (.datetime, .string(let text)?) where Timestamp.parse(text) != nil: return .string(text)
        default: throw misfit(value, rule, key)
        }
    }

    /// An end of a range.
    private func bound(_ value: JSONValue, _ rule: FieldRule, _ key: String) throws(IlkError) -> FilterValue {
        guard rule.kind != .keyword, rule.kind != .bool else {
            throw IlkError(
                .invalidRequest,
                "\(place(rule)) has '\(key)', but field '\(rule.path)' is declared \(rule.kind.rawValue), which has no order; send \(expectation(rule))"
            )
        }
        return try literal(value, rule, key)
    }

    private func percentile(_ value: JSONValue, _ rule: FieldRule, _ key: String) throws(IlkError) -> Double {
        guard rule.kind != .keyword, rule.kind != .bool else {
            throw IlkError(
                .invalidRequest,
                "\(place(rule)) has '\(key)', but field '\(rule.path)' is declared \(rule.kind.rawValue), which has no percentiles; send \(expectation(rule))"
            )
        }
        guard case .number(let number)? = FilterValue(value) else {
            throw IlkError(.invalidRequest, "\(place(rule, key)) is \(shown(value)); send a number from 0 to 100")
        }
        guard (0...100).contains(number.double) else {
            throw IlkError(
                .invalidRequest,
                "\(place(rule, key)) is \(number); choose 0 to 100, the nearest is \(number.double < 0 ? 0 : 100)")
        }
        return number.double
    }

    private func weight(_ value: JSONValue, _ rule: FieldRule, _ key: String) throws(IlkError) -> Double {
        guard rule.kind != .keyword, rule.kind != .bool else {
            throw IlkError(
                .invalidRequest,
                "\(place(rule)) has 'weight', but field '\(rule.path)' is declared \(rule.kind.rawValue), which has no order; leave it out"
            )
        }
        guard case .number(let number)? = FilterValue(value), (-1...1).contains(number.double) else {
            throw IlkError(.invalidRequest, "\(place(rule, key)) is \(shown(value)); send a number from -1 to 1")
        }
        return number.double
    }

    // MARK: Messages

    private func misfit(_ value: JSONValue, _ rule: FieldRule, _ key: String?) -> IlkError {
        let nearest = nearest(to: value, of: rule.kind).map { "; the nearest is \($0)" } ?? ""
        return IlkError(
            .invalidRequest,
            "\(place(rule, key)) is \(shown(value)), but field '\(rule.path)' is declared \(rule.kind.rawValue); send \(expectation(rule))\(nearest)"
        )
    }

    private func shown(_ value: JSONValue) -> String {
        let text = value.text
        return text.unicodeScalars.count > 64
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(64))) + "…" : text
    }

    /// What a rule of the field's kind may be.
    private func expectation(_ rule: FieldRule) -> String {
        switch rule.kind {
        case .keyword: "a string, or an array of strings"
        case .bool: "true or false"
        case .int, .float: #"a number, or an object such as {"max":30} or {"percentile_max":30}"#
        case .datetime: #"an object such as {"min":"2026-11-24T12:00:00Z"}"#
        }
    }

    /// What somebody meant who wrote a value of another kind.
    private func nearest(to value: JSONValue, of kind: PayloadField.Kind) -> String? {
        switch (kind, value) {
        case (.bool, .string(let text)):
            let word = text.lowercased()
            if ["yes", "true", "y", "on", "1", "是"].contains(word) { return "true" }
            return ["no", "false", "n", "off", "0", "否"].contains(word) ? "false" : nil
        case (.bool, .int(let number)): return number == 0 ? "false" : number == 1 ? "true" : nil
        case (.int, .string(let text)), (.float, .string(let text)):
            return Double(text).flatMap { FilterNumber($0) }.map {
                kind == .int ? "\(Int64($0.double.rounded()))" : "\($0)"
            }
        case (.keyword, .int(let number)): return "\"\(number)\""
        case (.keyword, .bool(let flag)): return "\"\(flag)\""
        default: return nil
        }
    }
}
