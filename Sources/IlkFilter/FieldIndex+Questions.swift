import IlkProtocol

/// A leaf of a filter, made ready for one field: literals as the field keeps them.
enum FieldQuestion: Sendable {
    case member([FilterValue])
    case range(NumberIndex.Interval)
    /// Strings that are date-times, in a field that was not declared; microseconds.
    case instants(NumberIndex.Interval)
    case exists
    case isEmpty
}

extension FieldIndex {
    /// Makes a leaf ready.
    ///
    /// - Throws: `invalid_filter` where a literal does not fit the field's kind, with what does.
    func question(_ leaf: FilterExpression) throws(IlkError) -> FieldQuestion {
        switch leaf {
        case .member(_, let values):
            guard let kind else { return .member(values) }
            var literals: [FilterValue] = []
            for value in values { literals.append(try kind.literal(value, at: path)) }
            return .member(literals)
        case .range(_, let lower, let upper):
            guard let kind else { return try undeclaredRange(lower, upper) }
            return .range(try interval(lower, upper) { value throws(IlkError) in try kind.bound(value, at: path) })
        case .exists: return .exists
        case .isEmpty: return .isEmpty
        case .and, .or, .not: preconditionFailure("not a leaf")
        }
    }

    private func interval(
        _ lower: FilterExpression.Bound?, _ upper: FilterExpression.Bound?,
        _ number: (FilterValue) throws(IlkError) -> FilterNumber
    ) throws(IlkError) -> NumberIndex.Interval {
        var interval = NumberIndex.Interval(lower: nil, upper: nil)
        if let lower { interval.lower = (try number(lower.value), lower.isIncluded) }
        if let upper { interval.upper = (try number(upper.value), upper.isIncluded) }
        return interval
    }

    private func undeclaredRange(
        _ lower: FilterExpression.Bound?, _ upper: FilterExpression.Bound?
    ) throws(IlkError) -> FieldQuestion {
        func isString(_ bound: FilterExpression.Bound) -> Bool { if case .string = bound.value { true } else { false } }
        let bounds = [lower, upper].compactMap { $0 }
        guard bounds.contains(where: isString) else {
            return .range(
                try interval(lower, upper) { value throws(IlkError) in
                    guard case .number(let number) = value else {
                        preconditionFailure("the parsers let no such bound through")
                    }
                    return number
                })
        }
        guard bounds.allSatisfy(isString) else {
            throw IlkError(
                .invalidFilter,
                "field '\(path.shortened)': both ends of 'between' are numbers, or both date-times in quotes")
        }
        return .instants(
            try interval(lower, upper) { value throws(IlkError) in
                guard case .string(let text) = value, let instant = Timestamp.parse(text) else {
                    throw IlkError(
                        .invalidFilter,
                        "field '\(path.shortened)': \(value.shortDescription) is no date-time, and other strings have no order; "
                            + "write it as '2026-11-24T12:00:00Z', a number without quotes, or compare with = or in")
                }
                return .int(instant)
            })
    }

    // MARK: Answers

    /// How many ordinals a question will find, about, for the order in which questions are asked.
    func estimate(_ question: FieldQuestion) -> Int {
        switch question {
        case .member(let values): values.reduce(0) { $0 + count(of: $1) }
        case .range(let interval): numbers.estimate(interval)
        // It looks at every different string: last of all.
        case .instants: Int.max
        case .exists: present.count
        case .isEmpty: Int.max
        }
    }

    private func count(of value: FilterValue) -> Int {
        switch value {
        case .string(let text): terms[text]?.count ?? 0
        case .number(let number): numbers.estimate(.init(number))
        case .bool(let bool): bool ? yes.count : no.count
        }
    }

    /// The ordinals among `candidates` that a question finds.
    func answer(_ question: FieldQuestion, within candidates: Bitmap) -> Bitmap {
        switch question {
        case .exists: return candidates.intersection(present)
        case .isEmpty: return candidates.subtracting(filled)
        case .member(let values): return members(values, within: candidates)
        case .range(let interval): return range(interval, within: candidates)
        case .instants(let interval):
            var result = Bitmap()
            terms.forEach { text, posting in
                if let instant = Timestamp.parse(text), interval.contains(.int(instant)) {
                    posting.formUnion(into: &result)
                }
            }
            return result.intersection(candidates)
        }
    }

    private func members(_ values: [FilterValue], within candidates: Bitmap) -> Bitmap {
        if values.count == 1, case .string(let text) = values[0], case .many(let bitmap)? = terms[text] {
            return candidates.intersection(bitmap)
        }
        var single: [UInt32] = []
        var sets: [Bitmap] = []
        for value in values {
            switch value {
            case .string(let text):
                switch terms[text] {
                case nil: break
                case .one(let ordinal): single.append(ordinal)
                case .few(let ordinals): single += ordinals
                case .many(let bitmap): sets.append(bitmap)
                }
            case .number(let number): sets.append(numbers.ordinals(in: .init(number), capacity: capacity))
            case .bool(let bool): sets.append(bool ? yes : no)
            }
        }
        if !single.isEmpty { sets.append(Bitmap(single.sorted())) }
        return Bitmap.union(of: sets).intersection(candidates)
    }

    private func range(_ interval: NumberIndex.Interval, within candidates: Bitmap) -> Bitmap {
        let expected = numbers.estimate(interval)
        // To look at a candidate's own values takes some 20 times as long as to set a bit for an entry of the range.
        if candidates.count < expected / 20 {
            return Bitmap(
                candidates.ordinals.filter { ordinal in
                    held[ordinal].contains {
                        if case .number(let number) = $0 { interval.contains(number) } else { false }
                    }
                })
        }
        // Where every ordinal has exactly one number, the few outside of a wide range say which are inside.
        if expected > numbers.count / 2, hasOneNumberEach {
            return interval.outside.reduce(candidates.intersection(present)) {
                $0.subtracting(numbers.ordinals(in: $1, capacity: capacity))
            }
        }
        return numbers.ordinals(in: interval, capacity: capacity).intersection(candidates)
    }

    /// Whether every ordinal that has a value has exactly one number.
    ///
    /// A declared field has numbers only, or none; an array's equal elements are one.
    var hasOneNumberEach: Bool { kind != nil && numbers.count == present.count }

    /// One more than the greatest ordinal.
    var capacity: Int { present.last.map { Int($0) + 1 } ?? 0 }
}
