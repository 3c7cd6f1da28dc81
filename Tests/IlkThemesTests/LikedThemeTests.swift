import IlkProtocol
import IlkThemes
import Testing

@Suite struct `Themes that somebody likes` {
    @Test func `are those near to the person's interests, with their products`() throws {
        let shop = try Shop()
        try shop.add(Product.shelf)
        try shop.call(
            "theme.upsert",
            #"{"themes":[{"id":"tea","title":"Water kettle to make tea"},{"id":"pandas","title":"Panda plush toy"}]}"#)
        let liked = try shop.merchandiser.liked(by: shop.visitor(liking: ["p8"]), count: 3, at: Shop.opening)
        // What is no nearer than themes are on the whole is not liked.
        #expect(liked.map(\.title) == ["Panda plush toy"] && liked[0].share == 1)
        let selected = try shop.call("theme.select", #"{"theme":"pandas","size":60}"#)["products"].ids
        #expect(liked[0].products == selected.map { .string($0) })
        #expect(try shop.merchandiser.liked(by: shop.visitor(liking: []), count: 3, at: Shop.opening).isEmpty)
    }
}
