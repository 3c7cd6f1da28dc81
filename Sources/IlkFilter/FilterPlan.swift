import IlkProtocol

/// A filter with its fields looked up and its literals checked, ready to be answered.
indirect enum FilterPlan {
    case and([FilterPlan])
    case or([FilterPlan])
    case leaf(FieldIndex, FieldQuestion, isNegated: Bool)

    /// - Throws: `invalid_filter` where a comparison does not fit its field.
    init(_ filter: FilterExpression, index: (String) -> FieldIndex) throws(IlkError) {
        switch filter {
        case .and(let parts): self = .and(Self.joiningRanges(try Self.plans(parts, index), negated: false))
        case .or(let parts): self = .or(Self.joiningRanges(try Self.plans(parts, index), negated: true))
        case .not(let part): self = try FilterPlan(part, index: index).negated
        case .member(let path, _), .range(let path, _, _), .exists(let path), .isEmpty(let path):
            let field = index(path)
            self = .leaf(field, try field.question(filter), isNegated: false)
        }
    }

    private static func plans(
        _ parts: [FilterExpression], _ index: (String) -> FieldIndex
    ) throws(IlkError) -> [FilterPlan] {
        var plans: [FilterPlan] = []
        for part in parts { plans.append(try FilterPlan(part, index: index)) }
        return plans
    }

    private var negated: FilterPlan {
        switch self {
        case .and(let parts): .or(parts.map(\.negated))
        case .or(let parts): .and(parts.map(\.negated))
        case .leaf(let field, let question, let isNegated): .leaf(field, question, isNegated: !isNegated)
        }
    }

    /// The ordinals among `candidates` that pass.
    func ordinals(within candidates: Bitmap) -> Bitmap {
        switch self {
        case .and(let parts):
            // The fewest first: what is left is all that the later ones look at.
            let ordered = parts.map { (part: $0, count: $0.estimate(within: candidates.count)) }.sorted {
                $0.count < $1.count
            }
            var result = candidates
            for (part, _) in ordered {
                result = part.ordinals(within: result)
                if result.isEmpty { break }
            }
            return result
        case .or(let parts):
            var result = Bitmap()
            for part in parts { result.formUnion(part.ordinals(within: candidates)) }
            return result
        case .leaf(let field, let question, let isNegated):
            let found = field.answer(question, within: candidates)
            return isNegated ? candidates.subtracting(found) : found
        }
    }

    /// How many of `count` candidates will pass, about.
    private func estimate(within count: Int) -> Int {
        switch self {
        case .and(let parts): parts.reduce(count) { min($0, $1.estimate(within: count)) }
        case .or(let parts): min(count, parts.reduce(0) { min(count, $0 + $1.estimate(within: count)) })
        case .leaf(let field, let question, let isNegated):
            // A negation finds what is left over, yet looks up as much.
            isNegated ? count : min(count, field.estimate(question))
        }
    }
}
