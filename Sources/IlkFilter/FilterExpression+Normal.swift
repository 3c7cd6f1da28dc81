extension FilterExpression {
    /// The same filter in normal form.
    ///
    /// `not` stands only before leaves (De Morgan); nested `and` and `or` are flattened; repeated parts are dropped;
    /// `a = 1 or a = 2` is one `in`, as `a != 1 and a != 2` is one `not in`. The order of parts stays as written.
    ///
    /// - Complexity: O(n log n) in the number of leaves and values; every node is visited once.
    var normalized: FilterExpression { normalized(negated: false) }

    private func normalized(negated: Bool) -> FilterExpression {
        switch self {
        case .not(let part): return part.normalized(negated: !negated)
        case .and(let parts): return Self.joined(parts.map { $0.normalized(negated: negated) }, byAnd: !negated)
        case .or(let parts): return Self.joined(parts.map { $0.normalized(negated: negated) }, byAnd: negated)
        case .member(let path, let values):
            let leaf = FilterExpression.member(path: path, Set(values).sorted())
            return negated ? .not(leaf) : leaf
        case .range, .exists, .isEmpty: return negated ? .not(self) : self
        }
    }

    private static func joined(_ parts: [FilterExpression], byAnd: Bool) -> FilterExpression {
        var lists = ValueLists()
        var result: [FilterExpression] = []
        var seen: Set<FilterExpression> = []
        func add(_ part: FilterExpression) {
            switch part {
            case .and(let inner) where byAnd: inner.forEach(add)
            case .or(let inner) where !byAnd: inner.forEach(add)
            case .member(let path, let values) where !byAnd: lists.merge(path, values, into: &result)
            case .not(.member(let path, let values)) where byAnd: lists.merge(path, values, into: &result)
            default: if seen.insert(part).inserted { result.append(part) }
            }
        }
        parts.forEach(add)
        for list in lists.all {
            let leaf = FilterExpression.member(path: list.path, list.values.sorted())
            result[list.place] = byAnd ? .not(leaf) : leaf
        }
        return result.count == 1 ? result[0] : byAnd ? .and(result) : .or(result)
    }

    /// Lists of values that belong to the same field, while they are merged; none grows over the limit of a list.
    private struct ValueLists {
        struct List {
            let path: String
            let place: Int
            var values: Set<FilterValue>
        }
        private(set) var all: [List] = []
        private var open: [String: Int] = [:]

        /// Adds values to the field's list; a new list takes the next place in `parts`.
        mutating func merge(_ path: String, _ values: [FilterValue], into parts: inout [FilterExpression]) {
            if let list = open[path] {
                let new = values.count { !all[list].values.contains($0) }
                if all[list].values.count + new <= FilterExpression.maximumValues {
                    all[list].values.formUnion(values)
                    return
                }
            }
            open[path] = all.count
            all.append(List(path: path, place: parts.count, values: Set(values)))
            parts.append(.member(path: path, values))
        }
    }
}
