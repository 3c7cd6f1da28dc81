import IlkCollection
import IlkFilter
import IlkProtocol

/// Holds rules against what points have: a value that no point has, or a bound that none reaches, is a slip.
struct RuleCheck {
    let view: FieldView
    /// Where the rules stand, in the words of an error message.
    let name: String

    /// The values among which the nearest one is looked for, most frequent first.
    private static let candidates = 10_000

    /// - Throws: `invalid_request` with the field, the value and the nearest one that some point has.
    func check(_ rules: [FieldRule]) throws(IlkError) {
        for rule in rules {
            guard let field = view.field(rule.path), !field.isEmpty else { continue }
            try checkValues(rule, field)
            try checkBounds(rule, field)
        }
    }

    /// One value of a list is enough; of one alone it must be that.
    private func checkValues(_ rule: FieldRule, _ field: FieldIndex) throws(IlkError) {
        let stored = rule.values.map { value in
            guard rule.kind == .datetime, case .string(let text) = value, let instant = Timestamp.parse(text) else {
                return value
            }
            return .number(.int(instant))
        }
        guard !stored.isEmpty, !stored.contains(where: field.has) else { return }
        let value = rule.values[0]
        let next = nearest(to: value, field).map { "; the nearest is \($0)" } ?? ""
        throw IlkError(.invalidRequest, "\(name).\(rule.path) is \(value), which no point has\(next)")
    }

    private func nearest(to value: FilterValue, _ field: FieldIndex) -> String? {
        switch value {
        case .bool(let flag): return "\(!flag)"
        case .number(let number):
            return field.distribution(within: view.matching).nearest(to: number.double)
                .flatMap { FilterNumber($0) }.map { "\($0)" }
        case .string(let text):
            let known = field.facets(within: view.matching, limit: Self.candidates).compactMap { facet -> String? in
                if case .string(let text) = facet.value { text } else { nil }
            }
            let near =
                NearestName.of(text, among: known)
                ?? known.first {
                    $0.lowercased().contains(text.lowercased()) || text.lowercased().contains($0.lowercased())
                }
            if let near { return "'\(near)'" }
            return known.isEmpty ? nil : "one of " + known.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        }
    }

    private func checkBounds(_ rule: FieldRule, _ field: FieldIndex) throws(IlkError) {
        guard !rule.bounds.isEmpty, !rule.passesMissing else { return }
        let numbers = field.distribution(within: view.matching)
        guard let least = numbers.least, let greatest = numbers.greatest else { return }
        func number(_ value: FilterValue?) -> Double? {
            switch value {
            case .number(let number)?: number.double
            case .string(let text)?: Timestamp.parse(text).map { Double($0) }
            default: nil
            }
        }
        func shown(_ number: Double) -> String {
            if rule.kind == .datetime { return "'\(Timestamp.text(Int64(number)))'" }
            return FilterNumber(number).map { "\($0)" } ?? "\(number)"
        }
        if let bound = number(rule.bounds.least), bound > greatest {
            throw IlkError(
                .invalidRequest,
                "\(name).\(rule.path).min is \(rule.bounds.least!), and no point has more than \(shown(greatest)); the nearest is \(shown(greatest))"
            )
        }
        if let bound = number(rule.bounds.most), bound < least {
            throw IlkError(
                .invalidRequest,
                "\(name).\(rule.path).max is \(rule.bounds.most!), and no point has less than \(shown(least)); the nearest is \(shown(least))"
            )
        }
    }
}
