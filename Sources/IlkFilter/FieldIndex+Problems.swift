import IlkVectors

extension PayloadIndex {
    /// What is wrong with the indexes, one line a finding: for tests.
    package func problems(capacity: Int) -> [String] {
        indexes.flatMap { field in field.problems(capacity: capacity).map { "field '\(field.path)': \($0)" } }
    }
}

extension FieldIndex {
    /// Compares every structure with the values that the ordinals below `capacity` hold.
    func problems(capacity: Int) -> [String] {
        var problems = numbers.problems()
        var copy = FieldIndex(path: path)
        for ordinal in 0..<UInt32(capacity) {
            var found = FoundValues()
            held[ordinal].forEach { found.values.append($0) }
            found.isPresent = present.contains(ordinal)
            found.isFilled = filled.contains(ordinal)
            if !found.values.isEmpty && !found.isPresent {
                problems.append("ordinal \(ordinal) has values and is not present")
            }
            copy.set(found, at: Ordinal(ordinal))
        }
        if copy.yes != yes || copy.no != no { problems.append("booleans differ from what ordinals hold") }
        if copy.present != present || copy.filled != filled { problems.append("ordinals beyond \(capacity)") }
        if copy.numbers.count != numbers.count {
            problems.append("\(numbers.count) numbers, \(copy.numbers.count) held")
        }
        if copy.numbers.ordinals(in: .all, capacity: capacity) != numbers.ordinals(in: .all, capacity: capacity) {
            problems.append("numbers differ from what ordinals hold")
        }
        if copy.terms.count != terms.count { problems.append("\(terms.count) strings, \(copy.terms.count) held") }
        terms.forEach { text, posting in
            var expected = Bitmap(), found = Bitmap()
            copy.terms[text]?.formUnion(into: &expected)
            posting.formUnion(into: &found)
            if found.isEmpty || found != expected {
                problems.append("string '\(text)' differs from what ordinals hold")
            }
        }
        return problems
    }
}
