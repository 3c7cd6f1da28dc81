/// Reads the text files of LightGBM, versions 2 to 4: `key=value` lines, first of the model, then of each tree.
extension GradientBoostedTrees {
    private typealias Block = [String: Substring]

    /// Trees, and features, that a model may have.
    private static let (mostTrees, mostFeatures) = (100_000, 10_000)

    /// Reads a model that gives one probability: with the objective `binary` or `cross_entropy`.
    ///
    /// - Parameter text: as `Booster.save_model` writes it.
    /// - Throws: what in it is not understood, and where.
    package init(lightGBM text: [UInt8]) throws(CollaborativeError) {
        let (head, trees) = try Self.blocks(String(decoding: text, as: UTF8.self))
        func word(_ key: String) throws(CollaborativeError) -> Substring {
            guard let value = head[key] else { throw Self.fault("the head lacks '\(key)'") }
            return value
        }
        for key in ["num_class", "num_tree_per_iteration"] where try word(key) != "1" {
            throw Self.fault("\(key) is \(try word(key)); a ranker gives one probability")
        }
        names = try word("feature_names").split(separator: " ").map(String.init)
        guard (1...Self.mostFeatures).contains(names.count), Int(try word("max_feature_idx")) == names.count - 1 else {
            throw Self.fault("\(names.count) feature_names do not fit max_feature_idx")
        }
        guard Set(names).count == names.count else { throw Self.fault("a feature's name stands twice") }
        guard (1...Self.mostTrees).contains(trees.count) else { throw Self.fault("\(trees.count) trees") }
        let sigmoid = try Self.sigmoid(String(try word("objective")))
        // A forest's answer is the mean of its trees.
        scale = head["average_output"] == nil ? sigmoid : sigmoid / Double(trees.count)
        var reader = TreeReader(features: names.count)
        for (place, tree) in trees.enumerated() { try reader.read(tree, place) }
        (nodes, leaves, roots, categories) = (reader.nodes, reader.leaves, reader.roots, reader.categories)
        self.text = text
    }

    fileprivate static func fault(_ what: String) -> CollaborativeError {
        .malformed("LightGBM text: \(what)")
    }

    /// The lines of the head, and those of each tree.
    private static func blocks(_ text: String) throws(CollaborativeError) -> (head: Block, trees: [Block]) {
        var blocks: [Block] = [[:]]
        var isWhole = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.last == "\r" ? line.dropLast() : line
            if number == 0 {
                guard line == "tree" else { throw fault("the first line is not 'tree'; save it by Booster.save_model") }
            } else if line == "end of trees" {
                isWhole = true
                break
            } else if let equals = line.firstIndex(of: "=") {
                let key = String(line[..<equals])
                if key == "Tree" { blocks.append([:]) }
                blocks[blocks.count - 1][key] = line[line.index(after: equals)...]
            } else if line == "average_output" {
                blocks[0]["average_output"] = ""
            }
        }
        guard isWhole else { throw fault("it ends before 'end of trees'") }
        return (blocks[0], Array(blocks.dropFirst()))
    }

    /// What the log-odds are multiplied by for an objective that gives a probability.
    private static func sigmoid(_ objective: String) throws(CollaborativeError) -> Double {
        let words = objective.split(separator: " ")
        switch words.first {
        case "cross_entropy"?: return 1
        case "binary"?:
            let given = words.first { $0.hasPrefix("sigmoid:") }.map { Double($0.dropFirst(8)) } ?? 1
            guard let given, given > 0, given.isFinite else { throw fault("objective is '\(objective)'") }
            return given
        default:
            throw fault("objective is '\(objective)'; train with binary or cross_entropy, which give probabilities")
        }
    }
}

/// Takes tree after tree in.
private struct TreeReader {
    let features: Int
    var nodes: [GradientBoostedTrees.Node] = []
    var leaves: [Double] = []
    var roots: [Int] = []
    var categories: [UInt32] = []

    init(features: Int) { self.features = features }

    mutating func read(_ tree: [String: Substring], _ number: Int) throws(CollaborativeError) {
        func fault(_ what: String) -> CollaborativeError { GradientBoostedTrees.fault("tree \(number): \(what)") }
        func numbers<Number: LosslessStringConvertible>(
            _ key: String, _ count: Int, _: Number.Type
        ) throws(CollaborativeError) -> [Number] {
            let words = (tree[key] ?? "").split(separator: " ")
            let found = words.compactMap { Number(String($0)) }
            guard found.count == count, words.count == count else {
                throw fault(
                    "'\(key)' has \(words.count) values, of which \(found.count) are right, in place of \(count)")
            }
            return found
        }
        guard let count = tree["num_leaves"].flatMap({ Int($0) }), (1...1_000_000).contains(count) else {
            throw fault("'num_leaves' is no number")
        }
        if let linear = tree["is_linear"], linear != "0" { throw fault("it is linear; train with linear_tree=false") }
        let values = try numbers("leaf_value", count, Double.self)
        guard values.allSatisfy(\.isFinite) else { throw fault("a leaf's value is not finite") }
        let (firstNode, firstLeaf) = (nodes.count, leaves.count)
        leaves += values
        roots.append(count == 1 ? ~firstLeaf : firstNode)
        guard count > 1 else { return }
        let splits = count - 1
        let asked = try numbers("split_feature", splits, Int.self)
        let thresholds = try numbers("threshold", splits, Double.self)
        let types = try numbers("decision_type", splits, UInt8.self)
        let left = try numbers("left_child", splits, Int.self), right = try numbers("right_child", splits, Int.self)
        let means = try numbers("internal_value", splits, Double.self)
        guard asked.allSatisfy((0..<features).contains) else { throw fault("it asks for a feature that has no name") }
        // Each node but the first, and each leaf, is some node's child, once, and stands after it: then no way is a circle.
        for (node, children) in zip(left, right).enumerated() {
            for child in [children.0, children.1]
            where !(-count..<splits).contains(child) || (child >= 0 && child <= node) {
                throw fault("node \(node) has child \(child)")
            }
        }
        guard Set(left + right).count == 2 * splits else { throw fault("a node is a child of two") }
        let sets = try categorySets(tree, numbers, fault)
        for node in 0..<splits {
            let split: GradientBoostedTrees.Split
            if types[node] & 1 != 0 {
                guard let set = Int(exactly: thresholds[node]), sets.indices.contains(set) else {
                    throw fault("node \(node) has no set of categories")
                }
                split = .category(sets[set])
            } else {
                guard !thresholds[node].isNaN else { throw fault("node \(node) has no threshold") }
                split = .number(threshold: thresholds[node])
            }
            guard let missing = GradientBoostedTrees.Missing(rawValue: types[node] >> 2 & 3) else {
                throw fault("node \(node) has decision_type \(types[node])")
            }
            func place(_ child: Int) -> Int { child >= 0 ? firstNode + child : ~(firstLeaf + ~child) }
            nodes.append(
                GradientBoostedTrees.Node(
                    feature: asked[node], split: split, missing: missing, goesLeftByDefault: types[node] & 2 != 0,
                    left: place(left[node]), right: place(right[node]), value: means[node]))
        }
    }

    /// Where the bits of each set of a tree's categories are, among all trees' bits.
    private mutating func categorySets(
        _ tree: [String: Substring],
        _ numbers: (String, Int, Int.Type) throws(CollaborativeError) -> [Int],
        _ fault: (String) -> CollaborativeError
    ) throws(CollaborativeError) -> [Range<Int>] {
        guard let count = (tree["num_cat"] ?? "0").isEmpty ? 0 : Int(tree["num_cat"] ?? "0"), count >= 0,
            count < 1_000_000
        else { throw fault("'num_cat' is no number") }
        guard count > 0 else { return [] }
        let bounds = try numbers("cat_boundaries", count + 1, Int.self)
        guard bounds[0] == 0, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }), bounds[count] < 10_000_000 else {
            throw fault("'cat_boundaries' do not rise from 0")
        }
        let words = try numbers("cat_threshold", bounds[count], Int.self)
        let first = categories.count
        for word in words {
            guard let bits = UInt32(exactly: word) else { throw fault("'cat_threshold' has \(word)") }
            categories.append(bits)
        }
        return zip(bounds, bounds.dropFirst()).map { first + $0..<first + $1 }
    }
}
