import IlkVectors
import Glibc

/// What share of the ten nearest a search finds at each width of its candidate list, measured on an index's own points.
///
/// A measured point is left out of the search for it, as if it had never been stored: see
/// ``VectorIndex/measureRecall(threads:)``.
package struct RecallCurve: Sendable, Equatable {
    /// One width, and the searches made at it.
    package struct Rung: Sendable, Equatable {
        package let ef: Int
        package fileprivate(set) var searches = 0
        fileprivate(set) var sum = 0.0
        fileprivate(set) var sumOfSquares = 0.0

        init(ef: Int) { self.ef = ef }

        mutating func add(_ recall: Double) {
            searches += 1
            sum += recall
            sumOfSquares += recall * recall
        }

        /// Mean recall@10.
        package var recall: Double { searches == 0 ? 0 : sum / Double(searches) }

        /// The standard error of the mean: searches differ in how hard they are.
        package var standardError: Double {
            guard searches > 1 else { return 1 }
            let variance = max(0, sumOfSquares / Double(searches) - recall * recall)
            return (variance / Double(searches - 1)).squareRoot()
        }
    }

    /// Neighbors that a measured search is for.
    package static let k = 10

    /// Ascending in `ef`.
    package private(set) var rungs: [Rung]
    /// Live vectors when the measurement began.
    package let count: Int

    /// An empty curve: each width a quarter larger than the one before.
    init(count: Int) {
        self.count = count
        var ef = Double(Self.k)
        rungs = []
        while ef < 2_500 {
            rungs.append(Rung(ef: Int(ef)))
            ef = max(ef + 2, ef * 1.25)
        }
    }

    /// Searches made at each width.
    package var searches: Int { rungs.first?.searches ?? 0 }

    /// Whether more searches would change little of what is asked for: 1,000 or more, and an error of a quarter of a point at
    /// most wherever nine in ten are found.
    var isPrecise: Bool {
        searches >= 1_000 && rungs.allSatisfy { $0.recall < 0.9 || $0.standardError <= 0.0025 }
    }

    mutating func add(_ recall: Double, at rung: Int) { rungs[rung].add(recall) }

    /// Takes over what was measured at a width before.
    ///
    /// - Returns: false for sums that no recalls can have.
    mutating func restore(_ rung: Int, searches: Int, sum: Double, sumOfSquares: Double) -> Bool {
        guard sum >= 0, sum <= Double(searches), sumOfSquares >= 0, sumOfSquares <= Double(searches) else {
            return false
        }
        rungs[rung].searches = searches
        rungs[rung].sum = sum
        rungs[rung].sumOfSquares = sumOfSquares
        return true
    }

    /// The least width that reaches a recall, for `k` neighbors; nil if the widest that was measured does not.
    ///
    /// What was measured must exceed the recall by its standard error. Between two widths the logarithm of what is missed is
    /// taken to fall straight with the logarithm of the width, as it does but for noise. More than ten neighbors take a
    /// proportionally wider list, which finds a larger share of them.
    package func ef(reaching recall: Double, k: Int) -> Int? {
        var last: (ef: Double, missed: Double)?
        for rung in rungs where rung.searches > 0 {
            let safe = min(last.map { 1 - $0.missed } ?? 0, 1)
            let reached = max(rung.recall - rung.standardError, safe)
            let missed = max(1 - reached, 1e-6)
            if reached >= recall {
                var ef = Double(rung.ef)
                if let last, last.missed > missed {
                    let wanted = max(1 - recall, 1e-6)
                    let part = (log(last.missed) - log(wanted)) / (log(last.missed) - log(missed))
                    ef = exp(log(last.ef) + part * (log(ef) - log(last.ef)))
                }
                // A list is searched for every four places: between them a width finds no more than below.
                let wide = ef < 40 ? Int(ef.rounded(.up)) : Int((ef / 4).rounded(.up)) * 4
                return max(wide * max(k, Self.k) / Self.k, k)
            }
            last = (Double(rung.ef), missed)
        }
        return nil
    }
}
