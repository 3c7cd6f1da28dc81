import IlkLexical
import IlkVectors
import Synchronization
import Testing

@Suite("Lexical search beside a writer")
struct LexicalConcurrencyTests {
    @Test("readers find what was there all the time, while documents come, go, and are merged")
    func readers() throws {
        let index = try LexicalIndex(fields: [LexicalField(name: "f")])
        for ordinal in 0..<UInt32(50) { index.set(["constant stays"], at: Ordinal(ordinal)) }
        let isDone = Atomic<Bool>(false)
        let searches = Atomic<Int>(0)
        Workers.run(3) { worker in
            guard worker == 0 else {
                var texts = RandomTexts(seed: UInt64(worker))
                while !isDone.load(ordering: .acquiring) {
                    let constant = index.search("constant", k: 100)
                    #expect(constant.hits.map(\.ordinal.rawValue) == Array(0..<50))
                    let hits = index.search(texts.text(1...8), k: 10).hits
                    #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score >= $1.score })
                    _ = index.highlights(of: "constant stays", for: "stays")
                    _ = (index.count, index.memoryBytes, index.liveOrdinals().count, index.terms(of: "ka lo"))
                    searches.add(1, ordering: .relaxed)
                }
                return
            }
            var texts = RandomTexts(seed: 7)
            for round in 0..<6 {
                for ordinal in 50..<UInt32(450) { index.set([texts.text(1...30)], at: Ordinal(ordinal)) }
                if round % 2 == 1 { while index.maintain(postings: 1_000) {} }
                index.replaceSynonyms((try? Synonyms(text: "ka, lo\nround\(round), mi")) ?? Synonyms())
                for ordinal in 50..<UInt32(450) { index.remove(Ordinal(ordinal)) }
            }
            while searches.load(ordering: .relaxed) < 20 {}
            isDone.store(true, ordering: .releasing)
        }
        #expect(index.count == 50)
    }
}
