import IlkProtocol
import Testing

@Suite struct `What a language model fills in` {
    let shop: Shop

    init() throws {
        shop = try Shop()
        try shop.add(Product.shelf)
    }

    @Test(arguments: [
        #"{"price":{"percentile_max":30},"free_shipping":true,"category":"toys"}"#,
        #"{"brand":["Acme","Nobody"]}"#, #"{"stock":{"min":1,"max":3}}"#, #"{"price":{"equals":3}}"#,
        #"{"listed":{"min":"2026-01-02","max":"2026-01-05T00:00:00Z"}}"#, #"{"brand":{"in":["Loco"]}}"#,
        #"{"listed":{"percentile_min":50}}"#, #"{"price":{"percentile_min":25,"percentile_max":75}}"#,
    ])
    func `is taken where it is right`(_ indicators: String) throws {
        let found = try shop.call("theme.select", #"{"text":"panda","indicators":\#(indicators)}"#)
        #expect(found["passing"].int > 0 && found["passing"].int < 40, "\(found["passing"].int) pass")
    }

    @Test(arguments: [
        (#"{"prise":3}"#, "indicators has 'prise', which is no declared field; did you mean 'price'?"),
        (
            #"{"price":"cheap"}"#,
            #"indicators.price is "cheap", but field 'price' is declared float; send a number, or an object such as {"max":30} or {"percentile_max":30}"#
        ),
        (#"{"price":{"max":"29.5"}}"#, "the nearest is 29.5"),
        (#"{"price":{"percentil_max":30}}"#, "did you mean 'percentile_max'?"),
        (
            #"{"price":{"percentile_max":130}}"#,
            "indicators.price.percentile_max is 130; choose 0 to 100, the nearest is 100"
        ),
        (#"{"price":{"percentile_min":-3}}"#, "the nearest is 0"),
        (#"{"price":{"percentile_min":80,"percentile_max":20}}"#, "swap them"),
        (#"{"price":{"min":9,"max":3}}"#, "indicators.price has min 9 over max 3; nothing is both: swap them"),
        (#"{"price":{"min":5000}}"#, "indicators.price.min is 5000, and no point has more than 40; the nearest is 40"),
        (#"{"price":{"max":0.5}}"#, "no point has less than 1; the nearest is 1"),
        (#"{"price":7.4}"#, "indicators.price is 7.4, which no point has; the nearest is 7"),
        (#"{"brand":"Nkie"}"#, "indicators.brand is 'Nkie', which no point has; the nearest is 'Nike'"),
        (#"{"brand":"Weyland"}"#, "the nearest is one of 'Acme'"), (#"{"brand":{"max":3}}"#, "which has no order"),
        (#"{"brand":7}"#, #"send a string, or an array of strings; the nearest is "7""#),
        (#"{"free_shipping":"yes"}"#, "send true or false; the nearest is true"),
        (#"{"free_shipping":{"percentile_max":3}}"#, "has no percentiles"),
        (#"{"listed":{"min":"last week"}}"#, "2026-11-24T12:00:00Z"), (#"{"price":{}}"#, "is an empty object"),
        (#"{"price":null}"#, "leave the field out"), (#"{"price":{"weight":1}}"#, "'weight'"),
        (#"{"brand":[]}"#, "send 1 to 1000"),
    ])
    func `is refused where it is wrong, with field, value and the nearest right one`(
        _ indicators: String, _ message: String
    ) throws {
        let refusal = try shop.refusal("theme.select", #"{"text":"panda","indicators":\#(indicators)}"#)
        #expect(refusal.contains(message), "\(refusal)")
    }

    // MARK: The function it calls

    @Test func `has a schema with ranges, percentiles and values`() throws {
        let schema = try shop.call("collection.tool_schema", "{}")
        #expect(schema["points"].int == 40 && schema["function"]["name"].string == "select_products")
        let properties = schema["function"]["parameters"]["properties"]
        #expect(properties.keys == ["category", "brand", "price", "stock", "free_shipping", "listed"])
        #expect(properties["price"]["properties"]["max"]["maximum"].double == 40)
        #expect(properties["price"]["x-percentiles"]["25"].double == 10)
        #expect(properties["category"]["anyOf"][0]["enum"].strings.sorted() == ["home", "kitchen", "lighting", "toys"])
        #expect(properties["free_shipping"]["type"].string == "boolean")
        #expect(properties["listed"]["properties"]["min"]["format"].string == "date-time")
        #expect(properties["price"]["description"].string == "price: 1 to 40, half of them up to 20")
    }

    @Test func `shows the fields that are asked for, of what passes`() throws {
        let schema = try shop.call(
            "collection.tool_schema", #"{"fields":["brand","price"],"filter":"category = 'toys'","values":2}"#)
        let properties = schema["function"]["parameters"]["properties"]
        #expect(properties.keys == ["brand", "price"] && schema["points"].int == 10)
        #expect(properties["brand"]["anyOf"][0]["examples"].elements.count == 2)
        #expect(properties["price"]["properties"]["max"]["maximum"].double == 37)
        #expect(try shop.refusal("collection.tool_schema", #"{"fields":["prise"]}"#).contains("did you mean 'price'?"))
    }

    @Test func `takes every value that the schema shows`() throws {
        let properties = try shop.call("collection.tool_schema", "{}")["function"]["parameters"]["properties"]
        for field in properties.keys {
            for value in properties[field]["anyOf"][0]["enum"].elements {
                let rule = JSONValue.object(JSONObject([(field, value)])).text
                #expect(try shop.refusal("theme.select", #"{"text":"panda","indicators":\#(rule)}"#) == "")
            }
            for (percent, value) in properties[field]["x-percentiles"].keys.map({
                ($0, properties[field]["x-percentiles"][$0])
            }) {
                let rule = JSONValue.object(
                    JSONObject([
                        (field, .object(JSONObject([("max", value), ("percentile_max", .int(Int64(percent)!))])))
                    ]))
                #expect(try shop.refusal("theme.select", #"{"text":"panda","indicators":\#(rule.text)}"#) == "")
            }
        }
    }
}
