import Glibc
package import IlkVectors

/// Learns a ``FactorizationMachine`` from where a logistic model ends: by stochastic gradients, scaled by AdaGrad.
///
/// The linear part begins as the logistic model, the factors as almost nothing, so it begins as good as that one. It learns
/// until it foretells examples that it has not seen no better (early stopping; Rendle, "Factorization machines with libFM",
/// TIST 2012, learns the same model by gradients).
package struct FactorizationTraining: Sendable {
    package struct Parameters: Sendable {
        /// Of a feature: what pairs of features are made of.
        package var factors = 8
        package var rate: Float = 0.02
        /// Of the factors, for each example.
        package var regularization: Float = 1e-4
        /// Passes over the examples at most.
        package var passes = 30
        package var seed: UInt64 = 42

        package init() {}
    }

    private let features: Matrix
    private let isTaken: [Bool]
    private let parameters: Parameters

    /// Passes after the best one that are waited for a better one.
    private static let patience = 3

    /// Takes examples in.
    ///
    /// - Parameters:
    ///   - features: what is known of each: shape `[examples, features]`.
    ///   - isTaken: whether it was taken: shape `[examples]`.
    ///   - parameters: how it learns.
    package init(_ features: Matrix, isTaken: [Bool], _ parameters: Parameters = Parameters()) {
        precondition(features.rows == isTaken.count)
        self.features = features
        self.isTaken = isTaken
        self.parameters = parameters
    }

    /// The model that is least surprised by examples that it did not learn from.
    ///
    /// - Parameters:
    ///   - start: a logistic model of the same examples.
    ///   - loss: the mean log loss of a model on examples that it did not learn from.
    /// - Returns: the model, and after how many passes it was; 0 where no pass has helped.
    /// - Throws: where the numbers have run away.
    package func model(
        startingFrom start: LogisticRanker, until loss: (FactorizationMachine) -> Double
    ) throws(CollaborativeError) -> (model: FactorizationMachine, passes: Int) {
        var state = State(start, parameters)
        var best = try state.model(start)
        var (least, passes) = (loss(best), 0)
        for pass in 1...parameters.passes {
            self.pass(pass, start, &state)
            let next = try state.model(start)
            let reached = loss(next)
            if reached < least {
                (best, least, passes) = (next, reached, pass)
            } else if pass - passes >= Self.patience {
                break
            }
        }
        return (best, passes)
    }

    /// The model after so many passes.
    package func model(
        startingFrom start: LogisticRanker, passes: Int
    ) throws(CollaborativeError) -> FactorizationMachine {
        var state = State(start, parameters)
        for pass in 0..<passes { self.pass(pass + 1, start, &state) }
        return try state.model(start)
    }

    /// What is learned, with the sums of squared gradients that AdaGrad (Duchi et al., JMLR 2011) divides by.
    private struct State {
        var intercept: Float
        var weights: [Float]
        /// Shape `[features, factors]`.
        var factors: [Float]
        var squares: (intercept: Float, weights: [Float], factors: [Float])
        let width: Int

        init(_ start: LogisticRanker, _ parameters: Parameters) {
            width = parameters.factors
            intercept = start.intercept
            weights = start.coefficients
            var random = SplitMix64(seed: parameters.seed)
            factors = (0..<weights.count * width).map { _ in Float.random(in: -0.01..<0.01, using: &random) }
            // From 1: the first steps are small, for the linear part is good already.
            squares = (
                1, [Float](repeating: 1, count: weights.count), [Float](repeating: 1, count: factors.count)
            )
        }

        func model(_ start: LogisticRanker) throws(CollaborativeError) -> FactorizationMachine {
            try FactorizationMachine(
                linear: LogisticRanker(
                    names: start.names, means: start.means, deviations: start.deviations, coefficients: weights,
                    intercept: intercept),
                factors: Matrix(rows: weights.count, columns: width, elements: factors))
        }
    }

    /// One pass over the examples, in an order drawn for it.
    private func pass(_ number: Int, _ start: LogisticRanker, _ state: inout State) {
        var random = SplitMix64(seed: parameters.seed &+ UInt64(number))
        let count = state.weights.count, width = state.width
        var values = [Float](repeating: 0, count: count)
        var sums = [Float](repeating: 0, count: width)
        for row in (0..<features.rows).shuffled(using: &random) {
            var logOdds = state.intercept
            for place in sums.indices { sums[place] = 0 }
            var own: Float = 0
            for feature in 0..<count {
                let value =
                    (features.elements[row * count + feature] - start.means[feature]) / start.deviations[feature]
                values[feature] = value
                logOdds += state.weights[feature] * value
                for place in 0..<width {
                    let part = state.factors[feature * width + place] * value
                    sums[place] += part
                    own += part * part
                }
            }
            logOdds += (sums.reduce(0) { $0 + $1 * $1 } - own) / 2
            let residual = LogisticRanker.probability(logOdds) - (isTaken[row] ? 1 : 0)
            step(residual, values, sums, &state)
        }
    }

    private func step(_ residual: Float, _ values: [Float], _ sums: [Float], _ state: inout State) {
        state.squares.intercept += residual * residual
        state.intercept -= parameters.rate * residual / state.squares.intercept.squareRoot()
        let width = state.width
        for feature in values.indices where values[feature] != 0 {
            let value = values[feature]
            let slope = residual * value
            state.squares.weights[feature] += slope * slope
            state.weights[feature] -= parameters.rate * slope / state.squares.weights[feature].squareRoot()
            for place in 0..<width {
                let at = feature * width + place
                let factor = state.factors[at]
                let slope = residual * value * (sums[place] - factor * value) + parameters.regularization * factor
                state.squares.factors[at] += slope * slope
                state.factors[at] = factor - parameters.rate * slope / state.squares.factors[at].squareRoot()
            }
        }
    }
}
