import IlkKnowledge
import IlkProtocol
import Testing

/// A few documents in memory, split into passages.
struct Library: PassageSource {
    var texts: [String: DocumentText] = [:]
    var passages: [String: [Passage]] = [:]

    init(_ documents: [String: String], _ splitter: PassageSplitter) throws {
        for (id, text) in documents {
            let document = try DocumentText(text, format: .plain)
            texts[id] = document
            passages[id] = splitter.passages(of: document)
        }
    }

    func passage(_ number: Int, of document: String) -> Passage? {
        guard let passages = passages[document], passages.indices.contains(number) else { return nil }
        return passages[number]
    }

    func text(of document: String, in range: Range<Int>) -> String? { texts[document]?.text(in: range) }

    func found(_ document: String, _ number: Int, score: Double) throws -> RankedPassage {
        RankedPassage(
            document: document, number: number, passage: try #require(passage(number, of: document)), score: score)
    }
}

@Suite struct `Packed context` {
    let library: Library

    init() throws {
        var documents = Dictionary(
            uniqueKeysWithValues: (0..<8).map { ("d\($0)", `Passages`.prose(40, seed: $0 * 50 + 1)) })
        documents["copy"] = (documents["d1"] ?? "").replacing("silk today", with: "silk now", maxReplacements: 1)
        documents["熊猫"] = (0..<60).map { "第\($0)只大熊猫今天吃了很多竹子和苹果。" }.joined()
        documents["熊猫2"] = (0..<60).map { "第\($0)只大熊猫今天吃了很多竹子和苹果！" }.joined()
        library = try Library(documents, makeSplitter(target: 60, limit: 120, overlap: 0.4))
    }

    func pack(_ ranked: [RankedPassage], _ parameters: ContextParameters) -> PackedContext {
        ContextPacker(parameters, counting: countTokens).pack(ranked, from: library)
    }

    @Test func `is what was found, best first, each with its range`() throws {
        let ranked = [
            try library.found("d3", 2, score: 0.9), try library.found("d1", 0, score: 0.8),
            try library.found("d2", 1, score: 0.5),
        ]
        let context = pack(ranked, try ContextParameters(k: 10))
        #expect(context.ranges.map(\.document) == ["d3", "d1", "d2"])
        #expect(context.ranges.map(\.text) == ranked.map(\.passage.text))
        #expect(context.tokens == ranked.reduce(0) { $0 + $1.passage.tokens })
        #expect(pack(ranked, try ContextParameters(k: 2)).ranges.count == 2)
    }

    @Test func `drops copies and near copies, of the better one or of each other, in any script`() throws {
        let ranked = [
            try library.found("d1", 0, score: 0.9), try library.found("copy", 0, score: 0.8),
            try library.found("熊猫", 1, score: 0.7), try library.found("熊猫2", 1, score: 0.6),
            try library.found("d2", 0, score: 0.5),
        ]
        let context = pack(ranked, try ContextParameters(k: 10))
        #expect(context.ranges.map(\.document) == ["d1", "熊猫", "d2"])
        #expect(context.duplicates == 2)
        #expect(pack(ranked, try ContextParameters(k: 10, likeness: nil)).ranges.count == 5)
    }

    @Test func `joins passages that touch into one range of their document`() throws {
        let ranked = [
            try library.found("d1", 3, score: 0.9), try library.found("d2", 0, score: 0.8),
            try library.found("d1", 1, score: 0.7), try library.found("d1", 2, score: 0.6),
        ]
        let context = pack(ranked, try ContextParameters(k: 10))
        let range = try #require(context.ranges.first)
        #expect(context.ranges.map(\.document) == ["d1", "d2"])
        #expect(range.numbers == 1...3 && range.best == 3 && range.score == 0.9)
        #expect(range.text == library.text(of: "d1", in: range.start..<range.end))
        #expect(range.tokens == countTokens(range.text))
        #expect(range.tokens < ranked.filter { $0.document == "d1" }.reduce(0) { $0 + $1.passage.tokens })
    }

    @Test func `widens to neighbors, once all that was found has its place`() throws {
        let ranked = [try library.found("d1", 3, score: 0.9), try library.found("d2", 0, score: 0.8)]
        let context = pack(ranked, try ContextParameters(k: 10, window: 2))
        #expect(context.ranges.map(\.numbers) == [1...5, 0...2])
        #expect(context.ranges.map(\.score) == [0.9, 0.8])
        let found = ranked.reduce(0) { $0 + $1.passage.tokens }
        let narrow = pack(ranked, try ContextParameters(k: 10, tokenBudget: found + 70, window: 2))
        #expect(narrow.ranges.map(\.document) == ["d1", "d2"])
        #expect(narrow.ranges[0].numbers.count == 2 && narrow.tokens <= found + 70)
    }

    @Test func `takes only so many passages of a document`() throws {
        let ranked =
            try [0, 2, 4, 6].map { try library.found("d1", $0, score: 1 - Double($0) / 10) }
            + [try library.found("d2", 0, score: 0.1)]
        let context = pack(ranked, try ContextParameters(k: 10, perDocument: 2))
        #expect(context.ranges.map(\.document) == ["d1", "d1", "d2"])
        #expect(context.omitted == 2)
    }

    @Test func `passes over what exceeds the budget for what does not`() throws {
        var large = try library.found("d1", 0, score: 0.9)
        large.passage.tokens = 1_000
        let small = try library.found("d2", 0, score: 0.8)
        let context = pack([large, small], try ContextParameters(k: 10, tokenBudget: 200))
        #expect(context.ranges.map(\.document) == ["d2"])
        #expect(context.omitted == 1)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `is never over the budget, has no text twice and cites exactly`(seed: UInt64) throws {
        var generator = TextGenerator(seed: seed)
        let ids = library.passages.keys.sorted()
        var score = 1.0
        let ranked = try (0..<generator.int(0..<60)).map { _ in
            let id = generator.pick(ids)
            score -= 0.01
            return try library.found(id, generator.int(0..<(library.passages[id]?.count ?? 1)), score: score)
        }
        let parameters = try ContextParameters(
            k: generator.int(1..<30), tokenBudget: generator.chance(80) ? generator.int(1..<1_500) : nil,
            perDocument: generator.chance(50) ? generator.int(1..<5) : nil, window: generator.int(0..<4))
        let context = pack(ranked, parameters)
        if let budget = parameters.tokenBudget { #expect(context.tokens <= budget) }
        #expect(context.tokens == context.ranges.reduce(0) { $0 + countTokens($1.text) })
        #expect(zip(context.ranges, context.ranges.dropFirst()).allSatisfy { $0.score >= $1.score })
        #expect(context.ranges.count <= parameters.k)
        for (index, range) in context.ranges.enumerated() {
            #expect(range.text == library.text(of: range.document, in: range.start..<range.end))
            for other in context.ranges[(index + 1)...] where other.document == range.document {
                #expect(other.end <= range.start || range.end <= other.start)
            }
        }
        if let first = ranked.first, first.passage.tokens <= parameters.tokenBudget ?? .max {
            #expect(context.ranges.first?.best == first.number && context.ranges.first?.document == first.document)
        }
        #expect(pack(ranked, parameters) == context)
    }

    @Test func `refuses parameters that make no sense`() {
        #expect(throws: IlkErrorWith("k is 0")) { try checked { try ContextParameters(k: 0) } }
        #expect(throws: IlkErrorWith("token_budget is 0")) {
            try checked { try ContextParameters(k: 1, tokenBudget: 0) }
        }
        #expect(throws: IlkErrorWith("per_document is 0")) {
            try checked { try ContextParameters(k: 1, perDocument: 0) }
        }
        #expect(throws: IlkErrorWith("window is 101")) { try checked { try ContextParameters(k: 1, window: 101) } }
    }
}

@Suite struct `Likeness of texts` {
    @Test func `does not see case, marks and spaces`() {
        let a = Shingles("The silk loom, woven by hand: 3 yards!"), b = Shingles("the  SILK loom woven by hand 3 yards")
        #expect(a.likeness(to: b) == 1)
        #expect(Shingles("蚕丝是天然纤维。").likeness(to: Shingles("蚕丝，是天然纤维")) == 1)
    }

    @Test func `of other texts is small, of shared beginnings too`() {
        let a = Shingles(`Passages`.prose(10)),
            b = Shingles("Copyright, all rights reserved. The wool of sheep is warm and is spun.")
        #expect(a.likeness(to: b) < 0.05)
        let head = "Terms and conditions apply to all of our products. "
        let c = Shingles(head + "The price of silk rose in March by nine percent, as the harvest failed in the south."),
            d = Shingles(head + "Our new looms can weave four yards of wool in an hour and need hardly any oil at all.")
        #expect(!c.isNear(d, share: 0.7))
    }

    @Test func `without words is none`() {
        #expect(!Shingles("").isNear(Shingles(""), share: 0.1))
        #expect(!Shingles("…!?").isNear(Shingles("…!?"), share: 0.1))
        #expect(Shingles("silk").isNear(Shingles("Silk!"), share: 1))
        #expect(!Shingles("silk").isNear(Shingles("wool"), share: 0.1))
    }
}
