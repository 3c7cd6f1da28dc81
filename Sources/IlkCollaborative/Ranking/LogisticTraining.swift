import Glibc
package import IlkVectors

/// Learns a ``LogisticRanker``, exactly: the coefficients with the least `Σ w · loss + ½ λ Σ β²`, by Newton's method.
///
/// Each step solves the normal equations of a weighted least-squares problem ("iteratively reweighted least squares"; Hastie,
/// Tibshirani and Friedman, "The elements of statistical learning", 4.4.1), halved while the loss would grow.
package struct LogisticTraining: Sendable {
    package let names: [String]
    /// In deviations from the mean, and a 1 for the intercept after them: shape `[rows, features + 1]`.
    private let rows: Matrix
    private let isTaken: [Bool]
    private let weights: [Float]
    private let means: [Float]
    private let deviations: [Float]

    /// Steps at most; from five to ten are usual.
    private static let mostSteps = 50
    /// Training ends where a step lessens the loss by less than this share.
    private static let tolerance = 1e-7
    /// Rows whose products are reckoned at a time.
    private static let block = 512

    /// Takes examples in.
    ///
    /// - Parameters:
    ///   - features: what is known of each: shape `[examples, features]`.
    ///   - labels: whether it was taken: shape `[examples]`.
    ///   - weights: how much each counts, none below 0; nil for 1 each.
    ///   - names: of the features.
    /// - Throws: where lengths do not fit, a number is not finite, or all examples have the same label.
    package init(
        _ features: Matrix, labels: [Bool], weights: [Float]? = nil, names: [String]
    ) throws(CollaborativeError) {
        guard features.rows == labels.count, weights == nil || weights?.count == labels.count,
            names.count == features.columns, !names.isEmpty
        else {
            throw .malformed(
                "\(features.rows) × \(features.columns) features, \(labels.count) labels, "
                    + "\(weights?.count ?? labels.count) weights and \(names.count) names")
        }
        let weights = weights ?? [Float](repeating: 1, count: labels.count)
        guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }), features.elements.allSatisfy(\.isFinite) else {
            throw .malformed("a feature that is not finite, or a weight that is not 0 or more")
        }
        let taken = labels.indices.contains { labels[$0] && weights[$0] > 0 }
        guard taken, labels.indices.contains(where: { !labels[$0] && weights[$0] > 0 }) else {
            throw .empty("all examples have the same label")
        }
        self.names = names
        self.weights = weights
        isTaken = labels
        (means, deviations) = Self.scales(features)
        var elements = [Float]()
        elements.reserveCapacity(features.rows * (names.count + 1))
        for row in 0..<features.rows {
            for place in names.indices {
                let value = features.elements[row * names.count + place]
                elements.append((value - means[place]) / deviations[place])
            }
            elements.append(1)
        }
        rows = Matrix(rows: features.rows, columns: names.count + 1, elements: elements)
    }

    /// Means and deviations of the columns; 1 for the deviation of one that is always the same.
    private static func scales(_ features: Matrix) -> (means: [Float], deviations: [Float]) {
        var sums = [Double](repeating: 0, count: features.columns)
        for place in features.elements.indices { sums[place % features.columns] += Double(features.elements[place]) }
        let means = sums.map { $0 / Double(max(features.rows, 1)) }
        var squares = [Double](repeating: 0, count: features.columns)
        for place in features.elements.indices {
            let difference = Double(features.elements[place]) - means[place % features.columns]
            squares[place % features.columns] += difference * difference
        }
        let deviations = squares.indices.map { place in
            let deviation = (squares[place] / Double(max(features.rows, 1))).squareRoot()
            return deviation > 1e-6 * max(1, abs(means[place])) ? Float(deviation) : 1
        }
        return (means.map(Float.init), deviations)
    }

    /// The model with the least loss on all examples.
    ///
    /// - Parameter regularization: λ, 1e-6 to 1e9: as much as so many examples with a variance of 1 would say.
    /// - Returns: a model with the names given.
    /// - Throws: where λ is out of range.
    package func model(regularization: Float) throws(CollaborativeError) -> LogisticRanker {
        try CollaborativeError.check("regularization", regularization, in: 1e-6...1e9)
        let found = fit(Array(0..<rows.rows), regularization, from: nil)
        return try LogisticRanker(
            names: names, means: means, deviations: deviations, coefficients: found.dropLast(),
            intercept: found[names.count])
    }

    /// The λ with which models that have not seen a group's examples are least surprised by them.
    ///
    /// - Parameters:
    ///   - groups: examples of the same one stay together, as a user's do: shape `[examples]`.
    ///   - candidates: values of λ, at least one.
    ///   - folds: 2 or more; groups are dealt out among so many.
    ///   - threads: folds are shared out among so many.
    /// - Returns: one of the candidates.
    /// - Throws: where one is out of range.
    package func regularization(
        groups: [UInt32], among candidates: [Float], folds: Int = 3, threads: Int = 1
    ) throws(CollaborativeError) -> Float {
        precondition(groups.count == rows.rows && folds > 1 && !candidates.isEmpty)
        for candidate in candidates { try CollaborativeError.check("regularization", candidate, in: 1e-6...1e9) }
        // From stiff to loose: each begins where the one before has ended.
        let falling = candidates.sorted(by: >)
        let foldOfRow = groups.map { group in
            var generator = SplitMix64(seed: UInt64(group))
            return Int(generator.next() % UInt64(folds))
        }
        let surprises = PhasedWork.map(threads: threads, count: folds, block: 1, scratch: { () }) { number, _ in
            let known = (0..<rows.rows).filter { foldOfRow[$0] != number }
            let unknown = (0..<rows.rows).filter { foldOfRow[$0] == number }
            var found: [Float]?
            return falling.map { candidate in
                let next = fit(known, candidate, from: found)
                found = next
                return loss(unknown, next, 0)
            }
        }
        let best = falling.indices.min { first, second in
            surprises.reduce(0) { $0 + $1[first] } < surprises.reduce(0) { $0 + $1[second] }
        }
        return falling[best ?? 0]
    }

    /// Coefficients and intercept with the least loss on some rows: shape `[features + 1]`.
    private func fit(_ chosen: [Int], _ regularization: Float, from start: [Float]?) -> [Float] {
        let order = rows.columns
        var current = start ?? [Float](repeating: 0, count: order)
        if start == nil {
            let taken = chosen.reduce(0.0) { $0 + (isTaken[$1] ? Double(weights[$1]) : 0) }
            let total = chosen.reduce(0.0) { $0 + Double(weights[$1]) }
            current[order - 1] = Float(log((taken + 0.5) / (total - taken + 0.5)))
        }
        var least = loss(chosen, current, regularization)
        for _ in 0..<Self.mostSteps {
            let step = newtonStep(chosen, current, regularization)
            var share: Float = 1
            var next = current
            var reached = Double.infinity
            while share > 1e-4 {
                next = current.indices.map { current[$0] + share * step[$0] }
                reached = loss(chosen, next, regularization)
                if reached <= least { break }
                share /= 2
            }
            guard reached < least else { break }
            let gain = least - reached
            (current, least) = (next, reached)
            if gain < Self.tolerance * least { break }
        }
        return current
    }

    private func logOdds(_ row: Int, _ coefficients: [Float]) -> Float {
        let order = rows.columns
        return Kernels.dot(rows.elements.span.extracting(row * order..<(row + 1) * order), coefficients.span)
    }

    /// `Σ w · ln(1 + e^∓x) + ½ λ Σ β²`.
    private func loss(_ chosen: [Int], _ coefficients: [Float], _ regularization: Float) -> Double {
        var sum = 0.0
        for row in chosen where weights[row] > 0 {
            let x = Double(isTaken[row] ? -logOdds(row, coefficients) : logOdds(row, coefficients))
            sum += Double(weights[row]) * (max(x, 0) + log1p(exp(-abs(x))))
        }
        let squares = coefficients.dropLast().reduce(0.0) { $0 + Double($1) * Double($1) }
        return sum + 0.5 * Double(regularization) * squares
    }

    /// The solution `d` of `(XᵀSX + λI) d = Xᵀ w(y − p) − λβ`, `S = w p (1 − p)`.
    private func newtonStep(_ chosen: [Int], _ coefficients: [Float], _ regularization: Float) -> [Float] {
        let order = rows.columns
        var gradient = [Double](repeating: 0, count: order)
        var hessian = [Float](repeating: 0, count: order * order)
        var part = [Float](repeating: 0, count: Self.block * order)
        var start = 0
        while start < chosen.count {
            let count = min(Self.block, chosen.count - start)
            for line in 0..<count {
                let row = chosen[start + line]
                let probability = LogisticRanker.probability(logOdds(row, coefficients))
                let residual = weights[row] * ((isTaken[row] ? 1 : 0) - probability)
                let curvature = (weights[row] * probability * (1 - probability)).squareRoot()
                for place in 0..<order {
                    let value = rows.elements[row * order + place]
                    gradient[place] += Double(residual * value)
                    part[line * order + place] = curvature * value
                }
            }
            var target = hessian.mutableSpan
            SymmetricProducts.ofColumns(part.span, count: count, columns: order, keep: 1, into: &target)
            start += count
        }
        for place in 0..<order - 1 {
            gradient[place] -= Double(regularization * coefficients[place])
            hessian[place * order + place] += regularization
        }
        hessian[order * order - 1] += 1e-6  // where all probabilities are 0 or 1
        var step = gradient.map(Float.init)
        var matrix = hessian.mutableSpan
        var side = step.mutableSpan
        do throws(NotPositiveDefinite) {
            try SymmetricSystem.factor(&matrix, order: order)
            SymmetricSystem.solve(matrix.span, order: order, &side)
        } catch {
            // Rounding has spoilt the curvature: no better step is known.
            return [Float](repeating: 0, count: order)
        }
        return step
    }
}
