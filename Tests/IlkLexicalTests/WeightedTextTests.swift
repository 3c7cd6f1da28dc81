import IlkLexical
import IlkVectors
import Testing

@Suite struct `Texts of different weight` {
    private func index(_ texts: [String]) throws -> LexicalIndex {
        let index = try LexicalIndex(fields: [LexicalField(name: "text")])
        for (place, text) in texts.enumerated() { index.set([text], at: Ordinal(UInt32(place))) }
        return index
    }

    @Test func `of weight 1 alone are a query`() throws {
        let index = try index(["panda plush toy", "desk lamp", "panda lamp"])
        let weighted = index.search([WeightedText("panda lamp", weight: 1)], k: 3).hits
        #expect(weighted == index.search("panda lamp", k: 3).hits)
    }

    @Test func `put what was meant more before what was meant less`() throws {
        let index = try index(["a lamp of brass", "a kettle of brass"])
        func first(_ lamp: Float, _ kettle: Float) -> UInt32? {
            index.search([WeightedText("lamp", weight: lamp), WeightedText("kettle", weight: kettle)], k: 1).hits.first?
                .ordinal.rawValue
        }
        #expect(first(1, 0.5) == 0)
        #expect(first(0.5, 1) == 1)
    }

    @Test func `count a term once, as the heaviest of them has it`() throws {
        let index = try index(["a lamp of brass"])
        let terms = index.terms(of: [WeightedText("lamp", weight: 0.3), WeightedText("lamp brass", weight: 0.8)])
        #expect(terms.map(\.term) == ["lamp", "brass"] && terms.map(\.weight) == [0.8, 0.8])
    }

    @Test func `are marked in any number of texts`() throws {
        let index = try index((0..<30).map { "thing \($0)" } + ["a lamp of brass"])
        let marker = index.marker(for: [WeightedText("lamp", weight: 1), WeightedText("brass", weight: 0.2)])
        #expect(marker.ranges(in: "a lamp of brass") == [2..<6, 10..<15])
        #expect(index.marker(for: []).ranges(in: "a lamp").isEmpty)
    }
}
