import IlkProtocol
import Testing

@Suite struct `Requests` {
    private let everyMethod: [(method: String, params: String)] = [
        ("ping", "{}"), ("info", "{}"), ("stats", "{}"), ("collection.list", "{}"), ("job.list", "{}"),
        ("collection.create", #"{"name":"products","vectors":{"image":{"dimension":784,"metric":"l2"}}}"#),
        ("collection.describe", #"{"collection":"c"}"#), ("collection.drop", #"{"collection":"c"}"#),
        ("collection.rebuild", #"{"collection":"c"}"#),
        ("points.upsert", #"{"collection":"c","points":[{"id":1,"vector":[1]}]}"#),
        ("points.patch", #"{"collection":"c","ids":[1],"payload":{"a":1}}"#),
        ("points.delete", #"{"collection":"c","ids":[1]}"#),
        ("points.get", #"{"collection":"c","ids":[1]}"#), ("points.count", #"{"collection":"c"}"#),
        ("points.scroll", #"{"collection":"c"}"#), ("points.facets", #"{"collection":"c","field":"f"}"#),
        ("search", #"{"collection":"c","vector":[1]}"#), ("search.batch", #"{"collection":"c","searches":[{"id":1}]}"#),
        ("snapshot.create", #"{"collection":"c"}"#), ("snapshot.restore", #"{"collection":"c","path":"/p"}"#),
        ("job.get", #"{"job":"rebuild-1"}"#), ("job.cancel", #"{"job":"rebuild-1"}"#),
    ]

    @Test func `of every method are read, and refuse a field that they do not know`() throws {
        for (method, params) in everyMethod {
            _ = try command(method, params)
            let stranger = params.dropLast() + (params == "{}" ? "" : ",") + #""zzzzzz":1}"#
            #expect(try refusal(method, String(stranger)).message.hasPrefix("unknown field 'zzzzzz' in \(method); "))
        }
    }

    @Test func `create a collection`() throws {
        let full = try command(
            "collection.create",
            #"{"name":"products","vectors":{"image":{"dimension":784,"metric":"l2","hnsw":{"m":32,"ef_construction":400}},"text":{"dimension":1,"metric":"cosine"}},"fields":{"price":"float","maker.country":"keyword","n":"int","sold":"bool","at":"datetime"}}"#
        )
        #expect(
            full
                == .collectionCreate(
                    CollectionCreate(
                        name: "products",
                        vectors: [
                            VectorField(name: "image", dimension: 784, metric: .l2, m: 32, efConstruction: 400),
                            VectorField(name: "text", dimension: 1, metric: .cosine),
                        ],
                        fields: [
                            PayloadField(path: "price", kind: .float),
                            PayloadField(path: "maker.country", kind: .keyword),
                            PayloadField(path: "n", kind: .int), PayloadField(path: "sold", kind: .bool),
                            PayloadField(path: "at", kind: .datetime),
                        ])))
        let plain = try command("collection.create", #"{"name":"a","vectors":{"v":{"dimension":2,"metric":"dot"}}}"#)
        #expect(
            plain
                == .collectionCreate(
                    CollectionCreate(name: "a", vectors: [VectorField(name: "v", dimension: 2, metric: .dot)])))
    }

    @Test func `build no narrower than the links they ask for`() throws {
        guard
            case .collectionCreate(let create) = try command(
                "collection.create", #"{"name":"a","vectors":{"v":{"dimension":2,"metric":"dot","hnsw":{"m":128}}}}"#)
        else { throw NotThat("no create") }
        #expect(create.vectors[0].m == 128)
        #expect(create.vectors[0].efConstruction == 200)
    }

    @Test func `upsert points with vectors of either form, by field or of the only one`() throws {
        let upsert = try command(
            "points.upsert",
            #"{"collection":"c","points":[{"id":"sku-1","vectors":{"image":[1,2.5,-3e-1],"text":"AACAPwAAIMA="},"payload":{"b" : 1.50, "a":[ null,"\u00e9" ]}},{"id":7,"vector":[0]},{"id":18446744073709551615,"vector":[1],"payload":null}]}"#
        )
        #expect(
            upsert
                == .pointsUpsert(
                    PointsUpsert(
                        collection: "c",
                        points: [
                            UpsertPoint(
                                id: .string("sku-1"), vectors: [("image", [1, 2.5, -0.3]), ("text", [1, -2.5])],
                                payload: JSONText(validated: Array(#"{"b":1.5,"a":[null,"é"]}"#.utf8))),
                            UpsertPoint(id: .number(7), vectors: [(nil, [0])]),
                            UpsertPoint(id: .number(.max), vectors: [(nil, [1])]),
                        ])))
    }

    @Test func `mean points by ids or by filter`() throws {
        guard case .pointsDelete(let byID) = try command("points.delete", #"{"collection":"c","ids":["a",1]}"#) else {
            throw NotThat("")
        }
        #expect(byID.selection == .ids([.string("a"), .number(1)]))
        guard case .pointsDelete(let byText) = try command("points.delete", #"{"collection":"c","filter":"a = 1"}"#)
        else { throw NotThat("") }
        #expect(byText.selection == .filter(.text("a = 1")))
        guard
            case .pointsPatch(let patch) = try command(
                "points.patch", #"{"collection":"c","filter":{"field":"a","eq":1},"payload":{"x":null}}"#)
        else { throw NotThat("") }
        #expect(patch.selection == .filter(.tree(try JSONValue.parse(#"{"field":"a","eq":1}"#))))
        #expect(patch.payload == .object(JSONObject([("x", .null)])))
    }

    @Test func `take null for a field that is absent`() throws {
        #expect(
            try command(
                "search",
                #"{"collection":"c","vector":[1],"id":null,"k":null,"ef":null,"filter":null,"using":null,"exact":null}"#
            )
                == .search(SearchRequest(collection: "c", query: .vector(WireVector([1])))))
    }

    @Test func `read pages, with payload and without vectors unless told otherwise`() throws {
        guard case .pointsScroll(let plain) = try command("points.scroll", #"{"collection":"c"}"#) else {
            throw NotThat("")
        }
        #expect(
            plain.limit == 100 && plain.cursor == nil && plain.withPayload == .all && !plain.withVectors
                && plain.filter == nil)
        guard
            case .pointsScroll(let full) = try command(
                "points.scroll",
                #"{"collection":"c","limit":5,"cursor":"x","with_vectors":true,"with_payload":["a","b.c"],"filter":"a = 1"}"#
            )
        else { throw NotThat("") }
        #expect(full.limit == 5 && full.cursor == "x" && full.withPayload == .paths(["a", "b.c"]) && full.withVectors)
        #expect(full.filter == .text("a = 1"))
        guard
            case .pointsGet(let get) = try command("points.get", #"{"collection":"c","ids":[1],"with_payload":false}"#)
        else { throw NotThat("") }
        #expect(get.withPayload == .none)
        guard case .pointsFacets(let facets) = try command("points.facets", #"{"collection":"c","field":"brand"}"#)
        else { throw NotThat("") }
        #expect(facets.field == "brand" && facets.limit == 10)
    }

    @Test func `search by vector, as base64, or like a point`() throws {
        #expect(
            try command("search", #"{"collection":"c","vector":[1,2]}"#)
                == .search(SearchRequest(collection: "c", query: .vector(WireVector([1, 2])))))
        #expect(
            try command(
                "search",
                #"{"collection":"c","vector":"AACAPwAAIMA=","using":"image","k":3,"ef":64,"filter":"a = 1","exact":true,"with_payload":true,"with_vectors":true,"max_distance":0.5,"explain":true}"#
            )
                == .search(
                    SearchRequest(
                        collection: "c", query: .vector(WireVector([1, -2.5], isBase64: true)), using: "image", k: 3,
                        ef: 64,
                        filter: .text("a = 1"), exact: true, withPayload: .all, withVectors: true, maxDistance: 0.5,
                        explain: true)))
        guard
            case .searchBatch(let batch) = try command(
                "search.batch", #"{"collection":"c","searches":[{"id":"a","k":1},{"vector":[1],"with_payload":["x"]}]}"#
            )
        else { throw NotThat("no batch") }
        #expect(batch.collection == "c")
        #expect(
            batch.searches == [
                SearchRequest(collection: "c", query: .point(.string("a")), k: 1),
                SearchRequest(collection: "c", query: .vector(WireVector([1])), withPayload: .paths(["x"])),
            ])
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `carry floats bit for bit, as numbers and as base64`(seed: UInt64) throws {
        var randomness = Randomness(seed: seed)
        let vector = (0..<100).map { _ in randomness.float() }
        for base64 in [false, true] {
            var writer = JSONWriter()
            writer.vector(vector, base64: base64)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            guard case .search(let search) = try command("search", #"{"collection":"c","vector":\#(text)}"#),
                case .vector(let found) = search.query
            else { throw NotThat("") }
            #expect(found.values.map(\.bitPattern) == vector.map(\.bitPattern))
            #expect(found.isBase64 == base64)
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `carry payloads of any shape`(seed: UInt64) throws {
        var randomness = Randomness(seed: seed)
        let payload = JSONValue.object(JSONObject([("x", randomness.value()), ("y", randomness.value())]))
        let line = ClientLine.request(
            id: 1, method: "points.upsert",
            params: .object(
                JSONObject([
                    ("collection", .string("c")),
                    (
                        "points",
                        .array([
                            .object(JSONObject([("id", .int(1)), ("vector", .array([.int(1)])), ("payload", payload)]))
                        ])
                    ),
                ])))
        guard case .single(let call) = parsed(line), case .pointsUpsert(let upsert) = try call.command.get() else {
            throw NotThat("")
        }
        #expect(try upsert.points[0].payload?.parsed() == payload)
        #expect(upsert.points[0].payload?.bytes.contains(UInt8(ascii: "\n")) == false)
    }
}
