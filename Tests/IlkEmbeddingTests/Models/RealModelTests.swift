import Foundation
import IlkEmbedding
import IlkProtocol
import IlkTestSupport
import IlkVectors
import Testing

/// The models that scripts/fetch-models fetches, and vectors that other implementations gave for them.
enum RealModels {
    static let store = ModelStore(path: ModelStore.standardPath)

    static func has(_ name: String) -> Bool { store.list().contains { $0.name == name } }

    static let data: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../.."
        let folder = ProcessInfo.processInfo.environment["ILK_SHARED_DATA"] ?? root + "/../shared/data"
        return FileManager.default.fileExists(atPath: folder + "/golden") ? folder : nil
    }()

    struct Golden {
        var text: String
        var kind: EmbeddingKind
        var ids: [Int32]
        var vector: [Float]
    }

    static func golden(_ file: String) throws -> [Golden] {
        let path = try #require(data) + "/golden/" + file
        let whole =
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any]
        return try #require(whole?["items"] as? [[String: Any]]).map { item in
            let vector = item["embedding"] ?? item["embedding_fp32_over_dequantised"]
            return Golden(
                text: try #require(item["text"] as? String),
                kind: item["prefix"] as? String == "passage: " ? .passage : .query,
                ids: try #require(item["ids"] as? [NSNumber]).map(\.int32Value),
                vector: try #require(vector as? [NSNumber]).map(\.floatValue))
        }
    }
}

@Suite(.serialized) struct `The models that come with ilk` {
    @Test(
        .enabled(
            if: RealModels.has("multilingual-e5-small") && RealModels.data != nil,
            "multilingual-e5-small (scripts/fetch-models) or the golden vectors (ILK_SHARED_DATA) are missing"))
    func `e5 gives the golden ids and vectors`() throws {
        let folder = try RealModels.store.folder(of: "multilingual-e5-small")
        let model = try EmbeddingModel.open(folder: folder, isCentred: false)
        for golden in try RealModels.golden("e5-small-q4.json") {
            guard let text = try model.prepareUnlessBlank(golden.text, kind: golden.kind, truncate: .end) else {
                continue
            }
            #expect(text.ids == golden.ids, "\(golden.text)")
            let vector = try model.embed([text])[0]
            // 8-bit activations where a block has no outlier: measured 0.99997 at worst.
            #expect(vector.cosine(golden.vector) >= 0.9999)
        }
        let exact = try ModelStore(path: TemporaryFolder().file("models")).add(
            from: folder, name: "exact", arithmetic: "f32")
        #expect(exact.traits.arithmetic == "f32" && exact.fingerprint != model.fingerprint)
    }

    @Test(
        .enabled(
            if: RealModels.has("use-multilingual-v3") && RealModels.data != nil,
            "use-multilingual-v3 (scripts/fetch-models) or the golden vectors (ILK_SHARED_DATA) are missing"))
    func `the Universal Sentence Encoder gives the golden vectors`() throws {
        let folder = try TemporaryFolder()
        let model = try ModelStore(path: folder.file("models")).add(
            from: RealModels.store.folder(of: "use-multilingual-v3"), name: "use", arithmetic: "f32")
        var same = 0
        let goldens = try RealModels.golden("use-multilingual-v3.json")
        for golden in goldens {
            guard let text = try model.prepareUnlessBlank(golden.text, kind: .query, truncate: .end) else { continue }
            // Some of the golden ids are of a tokenizer that is not SentencePiece's.
            guard text.ids == golden.ids else { continue }
            same += 1
            #expect(try model.embed([text])[0].largestDifference(golden.vector) < 1e-5, "\(golden.text)")
        }
        #expect(same >= goldens.count - 5)
    }

    @Test(
        .enabled(
            if: RealModels.has("all-minilm-l6-v2") && RealModels.data != nil,
            "all-minilm-l6-v2 (scripts/fetch-models --all) or the golden vectors (ILK_SHARED_DATA) are missing"))
    func `MiniLM gives the golden ids and vectors`() throws {
        let model = try RealModels.store.open("all-minilm-l6-v2")
        #expect(model.maximumTokens == 256 && model.dimension == 384)
        for golden in try RealModels.golden("minilm-l6.json") {
            guard let text = try model.prepareUnlessBlank(golden.text, kind: .query, truncate: .end) else { continue }
            #expect(text.ids == golden.ids, "\(golden.text)")
            #expect(try model.embed([text])[0].largestDifference(golden.vector) < 1e-5, "\(golden.text)")
        }
    }

    @Test(
        .enabled(if: RealModels.data != nil, "the golden vectors (ILK_SHARED_DATA) are missing"),
        arguments: [
            ("use-multilingual-v3", "use-multilingual-v3.json", 0.9995), ("all-minilm-l6-v2", "minilm-l6.json", 0.999),
        ])
    func `weights rounded to 8 bits hardly turn a golden vector`(
        name: String, file: String, cosine: Float
    ) throws {
        guard RealModels.has(name) else {
            print("skipped: model \(name) is not in the store; run scripts/fetch-models --all")
            return
        }
        let folder = try TemporaryFolder()
        let model = try ModelStore(path: folder.file("models")).add(
            from: RealModels.store.folder(of: name), name: "rounded", arithmetic: "q8s8")
        #expect(model.traits.arithmetic == "q8s8")
        var worst: Float = 1
        for golden in try RealModels.golden(file) {
            guard let text = try model.prepareUnlessBlank(golden.text, kind: .query, truncate: .end),
                text.ids == golden.ids
            else { continue }
            worst = min(worst, try model.embed([text])[0].cosine(golden.vector))
        }
        // Measured 0.99958 and 0.99944.
        #expect(worst >= cosine && worst < 1, "\(worst)")
    }

    @Test(arguments: ["multilingual-e5-small", "use-multilingual-v3", "all-minilm-l6-v2"])
    func `give a text the same vector in any batch and on any number of threads`(name: String) throws {
        guard RealModels.has(name) else {
            print("skipped: model \(name) is not in the store; run scripts/fetch-models --all")
            return
        }
        let model = try RealModels.store.open(name)
        var random = SplitMix64(seed: 11)
        let words = ["panda", "熊猫", "毛绒", "steel", "pipe", "красный", "ตุ๊กตา", "USB-C", "42", "。", "the", "and"]
        let texts = (0..<40).map { _ in
            (0..<Int.random(in: 1...18, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined(
                separator: " ")
        }
        let prepared = try texts.map { try model.prepare($0, kind: .passage, truncate: .end) }
        let alone = try prepared.map { try model.embed([$0])[0] }
        for round in 0..<4 {
            let order = prepared.indices.shuffled(using: &random)
            let batch = Array(order.prefix(3 + round * 12))
            let vectors = try model.embed(batch.map { prepared[$0] }, threads: 1 + round % 3)
            for (place, vector) in zip(batch, vectors) {
                #expect(vector.largestDifference(alone[place]) < 1e-5)
                #expect(abs(vector.length - 1) < 1e-5)
            }
        }
    }

    @Test(
        .enabled(if: RealModels.has("use-multilingual-v3"), "use-multilingual-v3 is missing: scripts/fetch-models"))
    func `the Universal Sentence Encoder reads texts far longer than a group`() throws {
        let model = try RealModels.store.open("use-multilingual-v3")
        let long = String(repeating: "The panda eats bamboo in the mountains of Sichuan. ", count: 300)
        let short = try model.prepare("panda plush toy", kind: .query, truncate: .error)
        let texts = [short, try model.prepare(long, kind: .query, truncate: .error), short]
        #expect(texts[1].ids.count > 2_000)
        let vectors = try model.embed(texts, threads: 2)
        #expect(vectors[0].largestDifference(vectors[2]) < 1e-6)
        #expect(vectors[1].largestDifference(try model.embed([texts[1]])[0]) < 1e-5)
        let error = #expect(throws: IlkError.self) {
            try model.prepare(String(repeating: long, count: 10), kind: .query, truncate: .error)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(
        .enabled(if: RealModels.has("use-multilingual-v3"), "use-multilingual-v3 is missing: scripts/fetch-models"))
    func `the Universal Sentence Encoder's file is refused where it is damaged`() throws {
        let source = try RealModels.store.folder(of: "use-multilingual-v3")
        let folder = try TemporaryFolder()
        let store = ModelStore(path: folder.file("models"))
        let broken = folder.file("broken")
        try FileManager.default.createDirectory(atPath: broken, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: source + "/sp.model", toPath: broken + "/sp.model")
        let whole = try Data(contentsOf: URL(fileURLWithPath: source + "/weights.npz"), options: .alwaysMapped)
        for count in [0, 10, 1_000, 1 << 20] {
            try whole.prefix(count).write(to: URL(fileURLWithPath: broken + "/weights.npz"))
            let error = #expect(throws: IlkError.self) { try store.add(from: broken, name: "cut") }
            #expect(error?.code == .invalidRequest && error?.message.contains("fetch the model again") == true)
        }
        // The directory alone, so that every entry points beyond the end.
        try whole.suffix(4_000).write(to: URL(fileURLWithPath: broken + "/weights.npz"))
        #expect(throws: IlkError.self) { try store.add(from: broken, name: "cut") }
        #expect(store.list().map(\.name) == ["hash"])
    }
}
