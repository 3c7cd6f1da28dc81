import IlkVectors

/// Trees of LightGBM (Ke et al., NeurIPS 2017), as its own text files hold them: each adds its leaf's value to the log-odds.
///
/// Answers are LightGBM's own, to the last digits of a double: the order of additions is the same. Where a value is missing,
/// or was 0 in training, a split's default direction is taken, as its `decision_type` says.
package struct GradientBoostedTrees: Equatable, Sendable {
    /// What a split asks.
    enum Split: Equatable, Sendable {
        /// Left where a number is not over the threshold.
        case number(threshold: Double)
        /// Left where a whole number is in a set: a range of ``GradientBoostedTrees/categories``.
        case category(Range<Int>)
    }

    /// What is done with a value that is not there; LightGBM's `missing_type`.
    enum Missing: UInt8, Sendable {
        /// NaN is 0.
        case none = 0
        /// So is what was 0: it goes the default way.
        case zero = 1
        /// NaN goes the default way.
        case nan = 2
    }

    struct Node: Equatable, Sendable {
        var feature: Int
        var split: Split
        var missing: Missing
        var goesLeftByDefault: Bool
        /// A node's place, or `~` a leaf's.
        var left: Int
        var right: Int
        /// The mean of the leaves below, by weight.
        var value: Double
    }

    package let names: [String]
    let nodes: [Node]
    let leaves: [Double]
    /// Where each tree begins: a node's place, or `~` a leaf's.
    let roots: [Int]
    /// Bits of the sets of categories.
    let categories: [UInt32]
    /// What the sum of the leaves is multiplied by: LightGBM's `sigmoid`, and 1 / trees for a forest.
    let scale: Double
    /// The text that it was read from.
    package let text: [UInt8]

    package var treeCount: Int { roots.count }

    /// The logarithm of the odds, of features of shape `[features]`, NaN for what is missing.
    package func logOdds(of features: [Double]) -> Double {
        precondition(features.count == names.count, "\(features.count) of \(names.count) features")
        var sum = 0.0
        for root in roots {
            var place = root
            while place >= 0 { place = goesLeft(features, nodes[place]) ? nodes[place].left : nodes[place].right }
            sum += leaves[~place]
        }
        return scale * sum
    }

    /// A value that LightGBM takes for 0: its `kZeroThreshold`.
    private static let zero = 1e-35

    private func goesLeft(_ features: [Double], _ node: Node) -> Bool {
        var value = features[node.feature]
        switch node.split {
        case .number(let threshold):
            if value.isNaN, node.missing != .nan { value = 0 }
            let isMissing =
                switch node.missing {
                case .none: false
                case .zero: abs(value) <= Self.zero
                case .nan: value.isNaN
                }
            return isMissing ? node.goesLeftByDefault : value <= threshold
        case .category(let set):
            guard value > -1, value < Double(32 * set.count) else { return false }
            let category = Int(value)
            return categories[set.lowerBound + category / 32] >> UInt32(category % 32) & 1 != 0
        }
    }

    /// A tree's mean, where nothing is known.
    private func value(_ place: Int) -> Double { place >= 0 ? nodes[place].value : leaves[~place] }
}

extension GradientBoostedTrees: RankingModel {
    package func logOdds(of features: Span<Float>) -> Float { Float(logOdds(of: Self.doubles(features))) }

    /// What each split on the way changes of the mean of the leaves below it (Saabas, "Interpreting random forests", 2014).
    ///
    /// The parts add up to the log-odds, beside the means of whole trees. LightGBM writes means with six digits.
    package func contributions(of features: Span<Float>) -> [Float] {
        let values = Self.doubles(features)
        var parts = [Double](repeating: 0, count: names.count)
        for root in roots {
            var place = root
            while place >= 0 {
                let node = nodes[place]
                let next = goesLeft(values, node) ? node.left : node.right
                parts[node.feature] += scale * (value(next) - node.value)
                place = next
            }
        }
        return parts.map { Float($0) }
    }

    private static func doubles(_ features: Span<Float>) -> [Double] { features.indices.map { Double(features[$0]) } }
}

/// The model as bytes: `ilktree1`, the text of LightGBM, and XXH3 of all before it as UInt64, little-endian.
extension GradientBoostedTrees {
    static let magic = Array("ilktree1".utf8)

    package var bytes: [UInt8] {
        var bytes = Self.magic + text
        bytes.append(littleEndian: Checksum.xxh3(bytes[...]))
        return bytes
    }

    /// Reads a model.
    ///
    /// - Parameter bytes: as ``bytes`` makes them.
    /// - Throws: where they are anything else.
    package init(bytes: [UInt8]) throws(CollaborativeError) {
        let body = bytes.dropLast(8)
        guard bytes.starts(with: Self.magic), body.count > Self.magic.count,
            Checksum.xxh3(body) == bytes.suffix(8).littleEndian(UInt64.self)
        else { throw .malformed("bytes that have changed since they were written") }
        try self.init(lightGBM: Array(body.dropFirst(Self.magic.count)))
    }
}
