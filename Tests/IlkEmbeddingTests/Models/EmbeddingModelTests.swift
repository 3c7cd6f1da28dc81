import IlkEmbedding
import IlkProtocol
import Testing

@Suite struct `An embedding model` {
    @Test func `puts prompt and specials around a text and counts them`() throws {
        let model = ToyModel.make(prompts: [.query: "q:"])
        let query = try model.prepare("ab", kind: .query, truncate: .error)
        #expect(query.ids == [1, 113, 58, 97, 98, 2])
        #expect(query.tokens == 6 && !query.truncated)
        #expect(try model.prepare("ab", kind: .passage, truncate: .error).ids == [1, 97, 98, 2])
        #expect(model.overhead(.query) == 4 && model.overhead(.passage) == 2)
        #expect(model.tokenCount("abc") == 3)
    }

    @Test func `refuses a longer text with its tokens and the limit`() throws {
        let model = ToyModel.make()
        let text = String(repeating: "x", count: 31)
        let error = #expect(throws: IlkError.self) { try model.prepare(text, kind: .query, truncate: .error) }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("33 tokens") == true && error?.message.contains("reads 32") == true)
        #expect(try model.prepare(String(repeating: "x", count: 30), kind: .query, truncate: .error).ids.count == 32)
    }

    @Test func `cuts a longer text where that is allowed, keeps the last special, and says so`() throws {
        let model = ToyModel.make()
        let text = try model.prepare(String(repeating: "x", count: 100), kind: .query, truncate: .end)
        #expect(text.ids.count == 32 && text.ids.last == 2)
        #expect(text.tokens == 102 && text.truncated)
    }

    @Test(arguments: ["", " ", "\n\t \u{3000}", "\u{0}\u{7}", "\u{200B}\u{FEFF}"])
    func `has no vector for a text without anything to read`(text: String) throws {
        let model = ToyModel.make(prompts: [.query: "q:"])
        let error = #expect(throws: IlkError.self) { try model.prepare(text, kind: .query, truncate: .end) }
        #expect(error?.code == .invalidRequest)
        #expect(try model.prepareUnlessBlank(text, kind: .query, truncate: .end) == nil)
    }

    @Test func `gives vectors of length 1`() throws {
        let model = ToyModel.make()
        let texts = try ["panda", "p", "steel pipe"].map { try model.prepare($0, kind: .query, truncate: .error) }
        for vector in try model.embed(texts) { #expect(abs(vector.length - 1) < 1e-6) }
        #expect(try model.embed([]).isEmpty)
    }

    @Test func `cuts vectors only where it was trained for it`() throws {
        let plain = ToyModel.make()
        let text = try plain.prepare("panda plush toy", kind: .query, truncate: .error)
        let error = #expect(throws: IlkError.self) { try plain.embed([text], dimensions: 8) }
        #expect(error?.code == .invalidRequest && error?.message.contains("does not say that they may be cut") == true)
        #expect(try plain.embed([text], dimensions: 16)[0].count == 16)

        let matryoshka = ToyModel.make(matryoshka: [8, 4])
        let whole = try matryoshka.embed([text])[0]
        let short = try matryoshka.embed([text], dimensions: 8)[0]
        #expect(short.count == 8 && abs(short.length - 1) < 1e-6)
        #expect(short.largestDifference(whole.prefix(8).map { $0 / Array(whole.prefix(8)).length }) < 1e-6)
        let other = #expect(throws: IlkError.self) { try matryoshka.embed([text], dimensions: 5) }
        #expect(other?.message.contains("it allows 16, 8, 4") == true)
    }

    @Test func `has another fingerprint when anything that matters is different`() throws {
        let means = try LanguageMeans(
            model: "toy", dimension: 16,
            means: [(.init(kind: .query, language: "en"), [Float](repeating: 0.1, count: 16))])
        let otherMeans = try LanguageMeans(
            model: "toy", dimension: 16,
            means: [(.init(kind: .query, language: "en"), [Float](repeating: 0.2, count: 16))])
        var integers = CountingEncoder()
        integers.arithmetic = "q4s16"
        var shorter = CountingEncoder()
        shorter.maximumTokens = 16
        let models = [
            ToyModel.make(), ToyModel.make(name: "toys"), ToyModel.make(content: [("weights", 2)]),
            ToyModel.make(content: [("weight", 1)]), ToyModel.make(content: [("weights", 1), ("vocab", 3)]),
            ToyModel.make(prompts: [.query: "q:"]), ToyModel.make(prompts: [.passage: "q:"]),
            ToyModel.make(means: means), ToyModel.make(means: otherMeans), ToyModel.make(encoder: integers),
            ToyModel.make(encoder: shorter),
        ]
        #expect(Set(models.map(\.fingerprint)).count == models.count)
        #expect(ToyModel.make().fingerprint == ToyModel.make().fingerprint)
        let parts = ToyModel.make().fingerprint.split(separator: "@")
        #expect(parts.count == 2 && parts[0] == "toy" && parts[1].count == 16)
    }

    @Test func `subtracts the mean of a text's language and kind`() throws {
        var english = [Float](repeating: 0, count: 16)
        english[0] = 0.5
        let fallback = [Float](repeating: 0.25, count: 16)
        let means = try LanguageMeans(
            model: "toy", dimension: 16,
            means: [
                (.init(kind: .query, language: "en"), english),
                (.init(kind: .query, language: LanguageMeans.anyLanguage), fallback),
            ])
        let plain = ToyModel.make()
        let centred = ToyModel.make(means: means)
        #expect(centred.isCentred && !plain.isCentred)
        func check(_ text: String, _ kind: EmbeddingKind, _ mean: [Float]) throws {
            let prepared = try centred.prepare(text, kind: kind, truncate: .error)
            let raw = try plain.embed([prepared])[0]
            let expected = zip(raw, mean).map { $0 - $1 }
            let got = try centred.embed([prepared])[0]
            #expect(got.largestDifference(expected.map { $0 / expected.length }) < 1e-6)
        }
        try check("what is the panda", .query, english)
        try check("熊猫毛绒玩具", .query, fallback)
        try check("what is the panda", .passage, [Float](repeating: 0, count: 16))
    }
}

@Suite struct `The built-in hash model` {
    private func vector(_ text: String) throws -> [Float] {
        let model = EmbeddingModel.hash
        return try model.embed([model.prepare(text, kind: .query, truncate: .error)])[0]
    }

    @Test func `finds texts with the same words near, in any script`() throws {
        for (a, b, c) in [
            ("panda plush toy", "plush toys of pandas", "industrial steel pipe"),
            ("熊猫毛绒玩具", "大熊猫毛绒公仔玩具", "工业无缝钢管"),
            ("плюшевая панда", "панды плюшевые", "стальная труба"),
            ("ตุ๊กตาแพนด้า", "แพนด้าตุ๊กตา", "ท่อเหล็ก"),
        ] {
            let (a, b, c) = (try vector(a), try vector(b), try vector(c))
            #expect(a.cosine(b) > 0.4 && a.cosine(b) > a.cosine(c) + 0.2)
        }
    }

    @Test func `takes upper and lower, full and half width as one`() throws {
        #expect(try vector("USB-C Cable 2m") == vector("ｕｓｂ　Ｃ cable   ２Ｍ!"))
        #expect(try vector("e\u{301}te") == vector("ete"))
    }

    @Test func `gives the vectors of its version`() throws {
        // Raise HashEncoder.version when these change: the fingerprint must not stay the same.
        #expect(EmbeddingModel.hash.fingerprint == "hash@23fd8133b538387e")
        let vector = try vector("panda 熊猫")
        #expect(vector.count == 256 && abs(vector.length - 1) < 1e-6)
        #expect(
            vector.indices.filter { vector[$0] != 0 } == [
                17, 73, 102, 107, 137, 151, 193, 201, 211, 219, 233, 234, 236, 252, 253,
            ])
    }

    @Test func `reads long texts and junk`() throws {
        #expect(try vector(String(repeating: "word ", count: 12_000)).length > 0.99)
        let junk = String((1..<0x3000).compactMap { Unicode.Scalar(UInt32($0)) }.map(Character.init))
        #expect(try vector(junk).allSatisfy(\.isFinite))
        let error = #expect(throws: IlkError.self) { try vector(String(repeating: "a", count: 100_000)) }
        #expect(error?.code == .tooLarge)
        #expect(throws: IlkError.self) { try vector("!!! ... ???") }
    }
}
