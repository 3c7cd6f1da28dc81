import IlkProtocol
import Testing

@Suite struct `Nearest name` {
    private let names = ["vector", "vectors", "filter", "k", "ef", "with_payload", "search", "search.batch"]

    @Test(arguments: [
        ("vectr", "vector"), ("Vector", "vector"), ("vecotr", "vector"), ("vectorss", "vectors"), ("fitler", "filter"),
        ("kk", "k"),
        ("withpayload", "with_payload"), ("with_payloads", "with_payload"), ("search.btach", "search.batch"),
        ("serach", "search"),
    ])
    func `is found for a slip`(slip: String, meant: String) {
        #expect(NearestName.of(slip, among: names) == meant)
        #expect(NearestName.hint(for: slip, among: names) == "; did you mean '\(meant)'?")
    }

    @Test(arguments: ["", "xyz", "limit", "vectorvectorvector", String(repeating: "vector", count: 1_000_000)])
    func `is not made up where nothing is near`(name: String) {
        #expect(NearestName.of(name, among: names) == nil)
        #expect(NearestName.hint(for: name, among: names) == "")
    }

    @Test func `is the first by the alphabet among equals`() {
        #expect(NearestName.of("bat", among: ["cat", "bar", "rat"]) == "bar")
    }

    @Test func `is none among none`() {
        #expect(NearestName.of("x", among: [String]()) == nil)
    }
}
