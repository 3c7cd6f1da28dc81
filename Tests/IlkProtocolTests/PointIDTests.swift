import IlkProtocol
import Testing

@Suite struct `Point ids` {
    @Test func `are kept as given: a string of digits is no number`() {
        #expect(PointID.string("7") != .number(7))
        #expect(Set([PointID.string("7"), .number(7), .string("7")]).count == 2)
    }

    @Test func `are compared byte by byte`() {
        let composed = PointID.string("caf\u{E9}"), decomposed = PointID.string("cafe\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
    }

    @Test func `show themselves as JSON does`() {
        #expect(PointID.string("sku-1").description == "\"sku-1\"")
        #expect(PointID.number(18).description == "18")
    }
}
