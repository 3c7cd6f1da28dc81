import Foundation
import IlkCollaborative
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `Trees of LightGBM` {
    /// Models and predictions: see `Fixtures/make-lightgbm.py` for how they were made, with which versions.
    static let models = ["numbers", "categories", "zeros", "plain", "forest", "entropy", "stumps"]

    private static func file(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    private static func trees(_ name: String) throws -> GradientBoostedTrees {
        try GradientBoostedTrees(lightGBM: file("lightgbm-\(name).txt"))
    }

    private static func cases(_ name: String) throws -> [(x: [Double], p: Double)] {
        try file("lightgbm-\(name).ndjson").split(separator: UInt8(ascii: "\n")).map { line in
            guard case .object(let object) = try JSONValue.parse(Array(line)), case .array(let values)? = object["x"]
            else { return ([], .nan) }
            return (values.map { $0.double ?? .nan }, object["p"]?.double ?? .nan)
        }
    }

    @Test(arguments: models)
    func `say exactly what LightGBM says, whatever is missing, zero or unheard of`(model: String) throws {
        let trees = try Self.trees(model)
        #expect(trees.names == ["score", "als.score", "context.hour", "number.price", "like.brand", "own.weight"])
        let cases = try Self.cases(model)
        #expect(cases.count == 55)
        for (place, (x, expected)) in cases.enumerated() {
            let found = 1 / (1 + exp(-trees.logOdds(of: x)))
            #expect(abs(found - expected) < 1e-12, "case \(place): \(found), LightGBM says \(expected)")
        }
    }

    @Test(arguments: models)
    func `add up from their parts`(model: String) throws {
        let trees = try Self.trees(model)
        let rest = try Self.cases(model).map { x, _ in
            let features = x.map { $0.isNaN ? 0 : Float($0) }
            return trees.logOdds(of: features.span) - trees.contributions(of: features.span).reduce(0, +)
        }
        // What is left is what is said without knowing anything, the same of all.
        #expect((rest.max() ?? 1) - (rest.min() ?? 0) < 1e-4)
    }

    @Test(arguments: models)
    func `come back from their bytes, and from no others`(model: String) throws {
        let trees = try Self.trees(model)
        #expect(try GradientBoostedTrees(bytes: trees.bytes) == trees)
        #expect(try RankingModels.model(of: trees.bytes)?.names == trees.names)
        for place in stride(from: 0, to: trees.bytes.count, by: 37) {
            var changed = trees.bytes
            changed[place] ^= 0x01
            #expect(throws: CollaborativeError.self) { try GradientBoostedTrees(bytes: changed) }
        }
    }

    @Test(arguments: [
        ("tree\n", "true\n", "the first line is not 'tree'"), ("end of trees", "", "it ends before 'end of trees'"),
        ("num_class=1", "num_class=3", "num_class is 3; a ranker gives one probability"),
        ("objective=binary sigmoid:1", "objective=regression", "objective is 'regression'; train with binary"),
        ("objective=binary sigmoid:1", "objective=binary sigmoid:-1", "objective is 'binary sigmoid:-1'"),
        ("feature_names=score", "feature_names=als.score", "a feature's name stands twice"),
        ("max_feature_idx=5", "max_feature_idx=4", "6 feature_names do not fit max_feature_idx"),
        ("is_linear=0", "is_linear=1", "tree 0: it is linear; train with linear_tree=false"),
        ("num_leaves=8", "num_leaves=9", "tree 0: 'leaf_value' has 8 values, of which 8 are right, in place of 9"),
        ("left_child=", "left_child=0 ", "tree 0: 'left_child' has 8 values"),
        ("cat_boundaries=0 ", "cat_boundaries=7 ", "tree 0: 'cat_boundaries' do not rise from 0"),
    ])
    func `are refused with what is wrong in them`(old: String, new: String, message: String) throws {
        let text = String(decoding: try Self.file("lightgbm-categories.txt"), as: UTF8.self)
        let place = try #require(text.range(of: old))
        let changed = text.replacingCharacters(in: place, with: new)
        let error = #expect(throws: CollaborativeError.self) {
            try GradientBoostedTrees(lightGBM: Array(changed.utf8))
        }
        #expect(error?.description.contains("LightGBM text: \(message)") == true, "\(error?.description ?? "")")
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `of damaged text give an answer or are refused, and never run in circles`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = try Self.file("lightgbm-\(Self.models[Int(seed) % Self.models.count]).txt")
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = Array("0123456789 -=.\n".utf8).randomElement(using: &random) ?? 0
        }
        guard let trees = try? GradientBoostedTrees(lightGBM: bytes) else { return }
        for value in [-1e9, 0, 3, 1e9, .nan] {
            _ = trees.logOdds(of: [Double](repeating: value, count: trees.names.count))
        }
    }
}

extension JSONValue {
    fileprivate var double: Double? {
        switch self {
        case .int(let int): Double(int)
        case .uint(let uint): Double(uint)
        case .double(let double): double
        default: nil
        }
    }
}
