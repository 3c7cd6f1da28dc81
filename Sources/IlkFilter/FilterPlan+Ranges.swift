extension FilterPlan {
    /// The same parts with the ranges of a field made into one, where that is the same.
    ///
    /// It is where each point has at most one number in the field: two bounds of a conjunction are met by the same number
    /// then, and `x >= 1 and x < 2` asks for the numbers between. Without a number a range is false and its negation true,
    /// so a negated bound is the other side of it only beside a part that says that there is a number.
    ///
    /// `negated` are the parts of a disjunction: it is the negation of the conjunction of its parts' negations.
    static func joiningRanges(_ parts: [FilterPlan], negated: Bool) -> [FilterPlan] {
        guard parts.count > 1 else { return parts }
        var joins: [String: Join] = [:]
        for (place, part) in parts.enumerated() {
            guard case .leaf(let field, let question, let isNegated) = part, field.hasOneNumberEach else { continue }
            let isAsked = isNegated == negated
            switch question {
            case .exists where isAsked: joins[field.path, default: Join(field)].add(.all, place, saysThereIsOne: true)
            case .range(let interval) where isAsked:
                joins[field.path, default: Join(field)].add(interval, place, saysThereIsOne: true)
            case .range(let interval):
                // What is outside of two bounds is no interval.
                let outside = interval.outside
                guard outside.count == 1 else { continue }
                joins[field.path, default: Join(field)].add(outside[0], place, saysThereIsOne: false)
            default: break
            }
        }
        var result: [FilterPlan?] = parts
        for join in joins.values where join.saysThereIsOne && join.places.count > 1 {
            for place in join.places { result[place] = nil }
            result[join.places[0]] = .leaf(join.field, .range(join.interval), isNegated: negated)
        }
        return result.compactMap { $0 }
    }

    /// Parts about one field that are one interval together.
    private struct Join {
        let field: FieldIndex
        var interval = NumberIndex.Interval.all
        var places: [Int] = []
        var saysThereIsOne = false

        init(_ field: FieldIndex) { self.field = field }

        mutating func add(_ other: NumberIndex.Interval, _ place: Int, saysThereIsOne: Bool) {
            interval = interval.intersection(other)
            places.append(place)
            self.saysThereIsOne = self.saysThereIsOne || saysThereIsOne
        }
    }
}

extension NumberIndex.Interval {
    /// What both have: of two bounds the tighter one, and of two at one number the one that leaves it out.
    func intersection(_ other: NumberIndex.Interval) -> NumberIndex.Interval {
        var result = self
        if let lower = other.lower,
            self.lower.map({ $0.value < lower.value || ($0.value == lower.value && !lower.isIncluded) }) ?? true
        {
            result.lower = lower
        }
        if let upper = other.upper,
            self.upper.map({ $0.value > upper.value || ($0.value == upper.value && !upper.isIncluded) }) ?? true
        {
            result.upper = upper
        }
        return result
    }
}
