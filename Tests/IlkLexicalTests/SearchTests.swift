import IlkLexical
import IlkVectors
import Testing

@Suite("Lexical search")
struct LexicalSearchTests {
    /// A naive index and ours side by side, through the same changes.
    struct Pair {
        var naive: NaiveIndex
        let index: LexicalIndex
        var texts: RandomTexts
        var next: UInt32 = 0

        init(fields: [LexicalField], parameters: BM25Parameters = BM25Parameters(), seed: UInt64) throws {
            naive = NaiveIndex(fields: fields, parameters: parameters)
            index = try LexicalIndex(fields: fields, parameters: parameters)
            texts = RandomTexts(seed: seed)
        }

        mutating func add(_ count: Int, words: ClosedRange<Int> = 1...60) {
            for _ in 0..<count {
                let texts = naive.fields.indices.map { field in
                    self.texts.number(below: 10) == 0 ? nil : self.texts.text(field == 0 ? words : 1...8)
                }
                naive.set(texts, at: next)
                index.set(texts, at: Ordinal(next))
                next += 1
            }
        }

        mutating func removeSome(oneOf: Int) {
            for ordinal in naive.documents.keys.sorted() where texts.number(below: oneOf) == 0 {
                naive.remove(ordinal)
                index.remove(Ordinal(ordinal))
            }
        }

        /// Compares some queries, and reports what differs.
        mutating func compare(queries: Int, k: Int, admitting: Set<UInt32>? = nil) {
            let set = admitting.map { OrdinalSet(capacity: Int(next), ordinals: $0.sorted()) }
            for _ in 0..<queries {
                let query = texts.text(1...14)
                let terms = Dictionary(grouping: query.split(separator: " "), by: String.init)
                let wanted = naive.search(
                    terms.sorted { $0.key < $1.key }.map { ($0.key, Double($0.value.count)) }, admitting: admitting)
                let found = index.search(query, k: k, admitting: set)
                let all = index.search(query, k: k, admitting: set, prunes: false)
                #expect(found.hits == all.hits, "pruned and exhaustive differ for '\(query)'")
                #expect(found.postings <= all.postings)
                #expect(found.hits.count == min(k, wanted.count))
                let scores = Dictionary(uniqueKeysWithValues: wanted)
                for (hit, best) in zip(found.hits, wanted) {
                    let own = scores[hit.ordinal.rawValue] ?? -1
                    #expect(abs(Double(hit.score) - best.1) < 1e-4 * max(1, best.1), "rank of '\(query)'")
                    #expect(abs(Double(hit.score) - own) < 1e-4 * max(1, own), "score of \(hit.ordinal) for '\(query)'")
                }
            }
        }
    }

    @Test("finds and scores as the formula says, through additions, removals and merges", arguments: [1, 2, 3])
    func naive(_ fieldCount: Int) throws {
        let fields = (0..<fieldCount).map { LexicalField(name: "f\($0)", weight: [1, 2.5, 0.5][$0]) }
        var pair = try Pair(fields: fields, seed: UInt64(fieldCount))
        pair.compare(queries: 3, k: 10)
        pair.add(100)
        pair.compare(queries: 20, k: 10)
        for round in 0..<5 {
            pair.add(280)
            pair.removeSome(oneOf: 8)
            if round == 3 { while pair.index.maintain(postings: 5_000) {} }
            pair.compare(queries: 6, k: [1, 10, 100][round % 3])
        }
        #expect(pair.index.count == pair.naive.documents.count)
        #expect(pair.index.liveOrdinals().map(\.rawValue) == pair.naive.documents.keys.sorted())
        while pair.index.maintain() {}
        pair.compare(queries: 6, k: 1_000)
    }

    @Test("k1 and b as they are set", arguments: [(0, 0), (0, 1), (2, 0), (1.5, 1)] as [(Float, Float)])
    func parameters(_ k1: Float, _ b: Float) throws {
        var pair = try Pair(fields: [LexicalField(name: "f")], parameters: BM25Parameters(k1: k1, b: b), seed: 9)
        pair.add(400)
        pair.compare(queries: 8, k: 10)
    }

    @Test("with a filter, the best of those that pass", arguments: [2, 30, 1_000])
    func filters(_ oneOf: Int) throws {
        var pair = try Pair(fields: [LexicalField(name: "f")], seed: 4)
        pair.add(5_200, words: 1...15)
        pair.removeSome(oneOf: 5)
        let admitted = Set((0..<pair.next).filter { _ in pair.texts.number(below: oneOf) == 0 })
        pair.compare(queries: 6, k: 10, admitting: admitted)
        pair.compare(queries: 2, k: 10, admitting: [])
    }

    @Test("bounds hold when the average length has changed since blocks were written")
    func drift() throws {
        var pair = try Pair(fields: [LexicalField(name: "f")], seed: 5)
        pair.add(1_000, words: 1...4)
        while pair.index.maintain() {}
        pair.add(600, words: 100...140)
        pair.compare(queries: 12, k: 5)
        pair.removeSome(oneOf: 2)
        pair.compare(queries: 12, k: 5)
    }

    @Test("an ordinal may be used again, and nothing of its old text is found")
    func reuse() throws {
        let index = try LexicalIndex(fields: [LexicalField(name: "f")])
        let words = ["red", "green", "blue"]
        for round in 0..<3 {
            for ordinal in 0..<UInt32(300) { index.set(["common \(words[round])"], at: Ordinal(ordinal)) }
            #expect(index.search(words[round], k: 1_000).hits.count == 300)
            if round > 0 { #expect(index.search(words[round - 1], k: 1_000).hits.isEmpty) }
            if round < 2 { for ordinal in 0..<UInt32(300) { index.remove(Ordinal(ordinal)) } }
            while index.maintain() {}
        }
        #expect(index.search("common", k: 1_000).hits.map(\.ordinal.rawValue) == Array(0..<300), "ties by ordinal")
    }

    @Test("a text without words, or none, is a document that no query finds")
    func empty() throws {
        let index = try LexicalIndex(fields: [LexicalField(name: "a"), LexicalField(name: "b")])
        #expect(index.search("x", k: 3).hits.isEmpty)
        index.set([nil, nil], at: Ordinal(0))
        index.set(["", " … "], at: Ordinal(1))
        index.set([nil, "x"], at: Ordinal(9))
        #expect(index.liveOrdinals().map(\.rawValue) == [0, 1, 9] && index.contains(Ordinal(1)))
        #expect(index.search("x", k: 3).hits.map(\.ordinal.rawValue) == [9])
        #expect(index.search("", k: 3).hits.isEmpty && index.search("x", k: 0).hits.isEmpty)
        index.remove(Ordinal(1))
        index.remove(Ordinal(77))
        #expect(index.count == 2 && !index.contains(Ordinal(1)))
    }

    @Test("min_score leaves out what scores less, and nothing else")
    func minScore() throws {
        var pair = try Pair(fields: [LexicalField(name: "f")], seed: 6)
        pair.add(1_000)
        let all = pair.index.search("kalo mi ne", k: 1_000).hits
        let middle = all[all.count / 2].score
        #expect(
            pair.index.search("kalo mi ne", k: 1_000, minScore: middle).hits == all.filter { $0.score >= middle })
        #expect(pair.index.search("kalo mi ne", k: 10, minScore: .infinity).hits.isEmpty)
        #expect(pair.index.search("kalo mi ne", k: 10, minScore: .nan).hits.isEmpty)
        #expect(pair.index.search("kalo mi ne", k: 1_000, minScore: -1).hits == all)
    }

    @Test("a document of 40,000 different words, and a query of as many")
    func long() throws {
        let index = try LexicalIndex(fields: [LexicalField(name: "f")])
        let text = (0..<40_000).map { "w\($0)x" }.joined(separator: " ")
        index.set(["before w1x"], at: Ordinal(0))
        index.set([text], at: Ordinal(1))
        index.set(["after w1x"], at: Ordinal(2))
        #expect(index.search("39999", k: 3).hits.map(\.ordinal.rawValue) == [1])
        let hits = index.search(text, k: 3).hits
        #expect(hits.count == 3 && hits.first?.ordinal == Ordinal(1))
    }

    @Test("wrong fields and parameters are told")
    func refusals() {
        #expect(throws: (any Error).self) { try LexicalIndex(fields: []) }
        #expect(throws: (any Error).self) { try LexicalIndex(fields: [LexicalField(name: "f", weight: 0)]) }
        #expect(throws: (any Error).self) { try LexicalIndex(fields: [LexicalField(name: "f", weight: .nan)]) }
        let field = LexicalField(name: "f")
        #expect(throws: (any Error).self) {
            try LexicalIndex(fields: [field], parameters: BM25Parameters(k1: -1))
        }
        #expect(throws: (any Error).self) {
            try LexicalIndex(fields: [field], parameters: BM25Parameters(b: 1.5))
        }
    }
}
