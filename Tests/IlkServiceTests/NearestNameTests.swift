import IlkService
import Testing

@Suite struct `Nearest name` {
    @Test(arguments: [
        ("prodcts", "products"), ("prodcust", "products"), ("imagse", "images"), ("Images", "images"),
    ])
    func `a slip of the fingers is recognised`(written: String, meant: String) {
        #expect(suggestion(for: written, among: ["users", "products", "images"]) == "; did you mean '\(meant)'?")
    }

    @Test func `a name unlike any other gets no guess`() {
        #expect(suggestion(for: "warehouse", among: ["users", "products"]) == "")
        #expect(suggestion(for: "x", among: []) == "")
    }

    @Test(arguments: [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "acb", 1), ("kitten", "sitting", 3)])
    func `the distance counts single edits and swaps`(a: String, b: String, distance: Int) {
        #expect(editDistance(a, b) == distance)
        #expect(editDistance(b, a) == distance)
    }
}
