import IlkProtocol
import Testing

@Suite struct `Floors` {
    let shop: Shop

    init() throws {
        shop = try Shop()
        try shop.add(Product.shelf)
    }

    private func floors(_ params: String) throws -> JSONValue { try shop.call("theme.floors", params)["floors"] }

    private func everyID(_ floors: JSONValue) -> [String] { floors.elements.flatMap { $0["products"].ids } }

    @Test func `go by category, the one that fits best first`() throws {
        let found = try floors(#"{"text":"desk lamp to read by","by":"category","size":5}"#)
        #expect(found[0]["title"].string == "lighting" && found[0]["by"]["category"].string == "lighting")
        #expect(found.elements.count == 4 && found[0]["products"].elements.count == 5)
        #expect(Set(everyID(found)).count == everyID(found).count)
    }

    @Test(arguments: ["auto", "attribute", "cluster", "category", "brand", "price"], [1, 3, 8])
    func `have no product twice, and never more than they hold`(_ by: String, _ size: Int) throws {
        for floors in [1, 2, 5] {
            let reply = try shop.call(
                "theme.floors",
                #"{"text":"something for the home","by":"\#(by)","size":\#(size),"floors":\#(floors),"max_per":{"brand":2}}"#
            )
            let found = reply["floors"]
            let ids = everyID(found)
            #expect(!ids.isEmpty && Set(ids).count == ids.count, "\(by), \(size), \(floors): \(ids)")
            #expect(found.elements.count <= floors && reply["products"].int == ids.count)
            for floor in found.elements {
                #expect((1...size).contains(floor["products"].elements.count) && !floor["title"].string.isEmpty)
                var brands: [Int: Int] = [:]
                for id in floor["products"].ids { brands[Int(id.dropFirst())! / 4 % 4, default: 0] += 1 }
                #expect(brands.values.allSatisfy { $0 <= 2 })
            }
            #expect(
                try shop.call(
                    "theme.floors",
                    #"{"text":"something for the home","by":"\#(by)","size":\#(size),"floors":\#(floors),"max_per":{"brand":2}}"#
                )["floors"] == found)
        }
    }

    @Test func `of a number are bands, cut where they are told or in thirds`() throws {
        let bands = try floors(#"{"text":"lamp","by":"price","bands":[11,31],"size":40,"smallest":1}"#)
        #expect(bands.elements.map { $0["title"].string } == ["price under 11", "price 11 to 31", "price from 31"])
        #expect(bands.elements.map { $0["products"].elements.count } == [10, 20, 10])
        #expect(bands[1]["by"]["price"]["min"].double == 11 && bands[1]["by"]["price"]["below"].double == 31)
        #expect(try floors(#"{"text":"lamp","by":"price","size":40}"#).elements.count == 3)
    }

    @Test func `merge what is too small for one of its own`() throws {
        let merged = try floors(
            #"{"products":["p0","p4","p8","p1","p2"],"by":"category","size":4,"smallest":3}"#)
        #expect(merged.elements.map { $0["title"].string } == ["toys", "More: lighting, kitchen"])
        #expect(
            merged[1]["by"]["other"].strings == ["lighting", "kitchen"] && merged[1]["products"].ids == ["p1", "p2"])
        let few = try floors(#"{"text":"lamp","by":"category","floors":2,"size":40}"#)
        #expect(few.elements.count == 2 && few[1]["title"].string.hasPrefix("More: "))
        #expect(few[1]["products"].elements.count == 30)
    }

    @Test func `take products that are named, and tell which are not there`() throws {
        let reply = try shop.call(
            "theme.floors",
            #"{"products":["p3","p0","p7","p0","gone"],"by":"category","smallest":1,"with_payload":["title"]}"#)
        #expect(reply["missing"].strings == ["gone"] && reply["products"].int == 3)
        #expect(reply["floors"][0]["products"].ids == ["p3", "p7"])
        #expect(reply["floors"][0]["products"][0]["payload"]["title"].string == "wool rug number 3")
    }

    @Test func `by cluster put like to like`() throws {
        let found = try floors(#"{"text":"things","by":"cluster","size":10,"floors":4}"#)
        let pure = found.elements.reduce(0) { sum, floor in
            let kinds = floor["products"].ids.map { Int($0.dropFirst())! % 4 }
            return sum + (Set(kinds).map { kind in kinds.count { $0 == kind } }.max() ?? 0)
        }
        #expect(pure >= everyID(found).count * 8 / 10, "\(found)")
    }

    @Test(arguments: [
        (#"{"by":"category"}"#, "lacks 'theme', 'text' or 'products'"),
        (#"{"text":"x","by":"categori"}"#, "did you mean 'category'?"), (#"{"text":"x","by":"listed"}"#, "a datetime"),
        (#"{"text":"x","max_per":{"brnd":2}}"#, "did you mean 'brand'?"),
        (#"{"text":"x","max_per":{"brand":0}}"#, "1 to 1000"),
        (#"{"text":"x","bands":[3,3]}"#, "ascending"), (#"{"products":["p1"],"text":"x"}"#, "send one of them"),
        (#"{"products":["p1"],"filter":"price < 3"}"#, "set out as they are"),
        (#"{"text":"x","floors":0}"#, "1 to 100"),
    ])
    func `are refused with what to do next`(_ params: String, _ message: String) throws {
        let refusal = try shop.refusal("theme.floors", params)
        #expect(refusal.contains(message), "\(refusal)")
    }
}
