import IlkProtocol
import Testing

/// A request that is refused, and the words.
struct Refused: Sendable, CustomStringConvertible {
    var method: String
    var params: String
    var message: String
    var code: ErrorCode

    init(_ method: String, _ params: String, _ message: String, _ code: ErrorCode = .invalidRequest) {
        self.method = method
        self.params = params
        self.message = message
        self.code = code
    }

    var description: String { "\(method) \(params.prefix(80))" }

    static func create(_ field: String, _ message: String) -> Refused {
        Refused("collection.create", #"{"name":"a","vectors":{"v":\#(field)}}"#, message)
    }

    static func search(_ members: String, _ message: String, _ code: ErrorCode = .invalidRequest) -> Refused {
        Refused("search", #"{"collection":"c",\#(members)}"#, message, code)
    }

    static func point(_ members: String, _ message: String, _ code: ErrorCode = .invalidRequest) -> Refused {
        Refused("points.upsert", #"{"collection":"c","points":[{"id":0,"vector":[1]},{\#(members)}]}"#, message, code)
    }
}

private let names = "a name has 1 to 64 of A-Z a-z 0-9 _ - and begins with a letter or digit"

@Suite struct `A refusal says where, what was found and what to do` {
    static let collections: [Refused] = [
        Refused(
            "collection.create", #"{"vectors":{"v":{"dimension":1,"metric":"l2"}}}"#, "collection.create lacks 'name'"),
        Refused(
            "collection.create", #"{"name":"a"}"#,
            #"collection.create declares neither 'vectors' nor 'text'; send vectors such as {"image":{"dimension":784,"metric":"l2"}}"#
        ),
        Refused(
            "collection.create", #"{"name":"a","vectors":{}}"#,
            "collection.create.vectors is empty; declare at least one vector field"),
        Refused(
            "collection.create", #"{"name":"a","vectors":[]}"#,
            #"collection.create.vectors is an array; expected an object such as {"image":{"dimension":784,"metric":"l2"}}"#
        ),
        Refused(
            "collection.create", #"{"name":"a b","vectors":{"v":{"dimension":1,"metric":"l2"}}}"#,
            "collection.create.name is 'a b'; \(names)"),
        Refused(
            "collection.create", #"{"name":"","vectors":{"v":{"dimension":1,"metric":"l2"}}}"#,
            "collection.create.name is ''; \(names)"),
        Refused(
            "collection.create", #"{"name":"a","vectors":{"../v":{"dimension":1,"metric":"l2"}}}"#,
            "a field of collection.create.vectors is '../v'; \(names)"),
        Refused(
            "collection.create",
            #"{"name":"a","vectors":{"v":{"dimension":1,"metric":"l2"},"v":{"dimension":1,"metric":"l2"}}}"#,
            "collection.create.vectors has an object where 'v' stands twice; send it once"),
        .create("7", "collection.create.vectors.v is an integer; send an object"),
        .create(#"{"metric":"l2"}"#, "collection.create.vectors.v lacks 'dimension'"),
        .create(#"{"dimension":3}"#, "collection.create.vectors.v lacks 'metric'"),
        .create(#"{"dimension":0,"metric":"l2"}"#, "collection.create.vectors.v.dimension is 0; choose 1 to 65536"),
        .create(
            #"{"dimension":65537,"metric":"l2"}"#, "collection.create.vectors.v.dimension is 65537; choose 1 to 65536"),
        .create(
            #"{"dimension":18446744073709551615,"metric":"l2"}"#,
            "collection.create.vectors.v.dimension is 18446744073709551615; choose 1 to 65536"),
        .create(
            #"{"dimension":3.0,"metric":"l2"}"#,
            "collection.create.vectors.v.dimension is a number with a fraction or exponent; expected an integer from 1 to 65536"
        ),
        .create(
            #"{"dimension":"3","metric":"l2"}"#,
            "collection.create.vectors.v.dimension is a string; expected an integer from 1 to 65536"),
        .create(
            #"{"dimension":3,"metric":"cosin"}"#,
            "collection.create.vectors.v.metric is 'cosin'; choose cosine, dot or l2; did you mean 'cosine'?"),
        .create(
            #"{"dimension":3,"metric":"euclid"}"#,
            "collection.create.vectors.v.metric is 'euclid'; choose cosine, dot or l2"),
        .create(
            #"{"dimension":3,"metric":2}"#,
            "collection.create.vectors.v.metric is an integer; expected cosine, dot or l2"),
        .create(
            #"{"dimension":3,"metrik":"l2"}"#,
            "unknown field 'metrik' in collection.create.vectors.v; did you mean 'metric'?"),
        .create(
            #"{"dimension":3,"metric":"l2","hnsw":{"m":1}}"#, "collection.create.vectors.v.hnsw.m is 1; choose 2 to 128"
        ),
        .create(
            #"{"dimension":3,"metric":"l2","hnsw":{"m":129}}"#,
            "collection.create.vectors.v.hnsw.m is 129; choose 2 to 128"),
        .create(
            #"{"dimension":3,"metric":"l2","hnsw":{"ef_construction":15}}"#,
            "collection.create.vectors.v.hnsw.ef_construction is 15; choose 16 to 4096"),
        .create(
            #"{"dimension":3,"metric":"l2","hnsw":{"m":64,"ef_construction":4097}}"#,
            "collection.create.vectors.v.hnsw.ef_construction is 4097; choose 64 to 4096"),
        .create(
            #"{"dimension":3,"metric":"l2","hnsw":{"ef":9}}"#,
            "unknown field 'ef' in collection.create.vectors.v.hnsw; known are m, ef_construction"),
        Refused(
            "collection.create",
            #"{"name":"a","vectors":{"v":{"dimension":1,"metric":"l2"}},"fields":{"price":"flaot"}}"#,
            "collection.create.fields.price is 'flaot'; choose keyword, int, float, bool or datetime; did you mean 'float'?"
        ),
        Refused(
            "collection.create", #"{"name":"a","vectors":{"v":{"dimension":1,"metric":"l2"}},"fields":{"price":{}}}"#,
            "collection.create.fields.price is an object; expected keyword, int, float, bool or datetime"),
        Refused(
            "collection.create", #"{"name":"a","vectors":{"v":{"dimension":1,"metric":"l2"}},"fields":{"":"int"}}"#,
            "a field of collection.create.fields is a path of 0 bytes; a path has 1 to 256"),
        Refused(
            "collection.create", #"{"name":"a","vectors":{"v":{"dimension":1,"metric":"l2"}},"fields":["price"]}"#,
            #"collection.create.fields is an array; expected an object such as {"price":"float"}"#),
        Refused("collection.drop", #"{"collection":7}"#, "collection.drop.collection is an integer; expected a string"),
        Refused("collection.drop", #"{"collection":"-a"}"#, "collection.drop.collection is '-a'; \(names)"),
        Refused("collection.drop", #"{"name":"a"}"#, "unknown field 'name' in collection.drop; known are collection"),
    ]

    static let points: [Refused] = [
        Refused("points.upsert", #"{"collection":"c"}"#, "points.upsert lacks 'points'"),
        Refused("points.upsert", #"{"points":[{"id":0,"vector":[1]}]}"#, "points.upsert lacks 'collection'"),
        Refused(
            "points.upsert", #"{"collection":"c","points":{}}"#,
            "points.upsert.points is an object; expected an array of points"),
        Refused(
            "points.upsert", #"{"collection":"c","points":[]}"#, "points.upsert.points is empty; send at least one"),
        Refused("points.upsert", #"{"collection":"c","points":[7]}"#, "points[0] is an integer; send an object"),
        .point(#""vector":[1]"#, "points[1] lacks 'id'"),
        .point(
            #""id":1,"expires_at":1.5"#,
            #"points[1].expires_at is a number with a fraction or exponent; expected whole seconds since 1970, or "never""#
        ),
        .point(
            #""id":1,"expires_at":-1"#,
            #"points[1].expires_at is -1; give seconds since 1970, up to 253402300799, or "never""#),
        .point(
            #""id":1,"expires_at":1767225600000"#,
            #"points[1].expires_at is 1767225600000; give seconds since 1970, up to 253402300799, or "never"; divide milliseconds by 1000"#
        ),
        .point(
            #""id":1,"vector":[1],"vectors":{"v":[1]}"#, "points[1] has both 'vector' and 'vectors'; send one of them"),
        .point(#""id":1,"vectr":[1]"#, "unknown field 'vectr' in points[1]; did you mean 'vector'?"),
        .point(#""id":1,"id":2,"vector":[1]"#, "field 'id' stands twice in points[1]; send it once"),
        .point(#""id":"","vector":[1]"#, "points[1].id is empty; give the point an id"),
        .point(#""id":-1,"vector":[1]"#, "points[1].id is -1; an id is a string or an unsigned integer"),
        .point(
            #""id":1.5,"vector":[1]"#,
            "points[1].id is a number with a fraction or exponent; expected a string or an unsigned integer"),
        .point(#""id":null,"vector":[1]"#, "points[1] lacks 'id'"),
        .point(#""id":[1],"vector":[1]"#, "points[1].id is an array; expected a string or an unsigned integer"),
        .point(#""id":"a\u0000b","vector":[1]"#, "points[1].id holds a NUL character; leave it out of ids"),
        .point(
            #""id":"\#(String(repeating: "é", count: 257))","vector":[1]"#,
            "points[1].id has 514 bytes; an id has 512 at most", .tooLarge),
        .point(
            #""id":1,"vector":{}"#,
            "points[1].vector is an object; expected an array of numbers, or base64 of little-endian f32"),
        .point(#""id":1,"vector":[]"#, "points[1].vector is empty; send a vector"),
        .point(#""id":1,"vector":"""#, "points[1].vector is empty; send a vector"),
        .point(#""id":1,"vector":[1,2,"3"]"#, "points[1].vector[2] is a string; expected a number"),
        .point(#""id":1,"vector":[1,null]"#, "points[1].vector[1] is null; expected a number"),
        .point(#""id":1,"vector":[[1]]"#, "points[1].vector[0] is an array; expected a number"),
        .point(
            #""id":1,"vector":[1,3.5e38]"#,
            "points[1].vector[1] is 3.5e+38, over the range of a 32-bit float; scale the vector down"),
        .point(
            #""id":1,"vectors":{"image":[0,-1e39]}"#,
            "points[1].vectors.image[1] is -1e+39, over the range of a 32-bit float; scale the vector down"),
        .point(
            #""id":1,"vectors":{"image":[0,1,2,true]}"#, "points[1].vectors.image[3] is a boolean; expected a number"),
        .point(#""id":1,"vectors":[[1]]"#, "points[1].vectors is an array; expected an object of vectors by field"),
        .point(#""id":1,"vectors":{"a":[1],"a":[1]}"#, "field 'a' stands twice in points[1].vectors; send it once"),
        .point(#""id":1,"vectors":{"a b":[1]}"#, "a field of points[1].vectors is 'a b'; \(names)"),
        .point(#""id":1,"vector":[1],"payload":[]"#, "points[1].payload is an array; expected an object"),
        .point(#""id":1,"vector":[1],"payload":"x""#, "points[1].payload is a string; expected an object"),
        .point(
            #""id":1,"vector":[1],"payload":{"a":[{"b":1,"b":2}]}"#,
            "points[1].payload has an object where 'b' stands twice; send it once"),
        Refused("points.get", #"{"collection":"c"}"#, "points.get lacks 'ids'"),
        Refused("points.get", #"{"collection":"c","ids":"a"}"#, "points.get.ids is a string; expected an array of ids"),
        Refused("points.get", #"{"collection":"c","ids":[]}"#, "points.get.ids is empty; send at least one"),
        Refused(
            "points.get", #"{"collection":"c","ids":[1,{}]}"#,
            "points.get.ids[1] is an object; expected a string or an unsigned integer"),
        Refused(
            "points.get", #"{"collection":"c","ids":[1],"with_vectors":1}"#,
            "points.get.with_vectors is an integer; expected true or false"),
        Refused(
            "points.get", #"{"collection":"c","ids":[1],"with_payload":"x"}"#,
            "points.get.with_payload is a string; expected true, false, or an array of paths"),
        Refused(
            "points.get", #"{"collection":"c","ids":[1],"with_payload":["x",1]}"#,
            "points.get.with_payload[1] is an integer; expected a path"),
        Refused(
            "points.get", #"{"collection":"c","ids":[1],"with_payload":[""]}"#,
            "points.get.with_payload[0] is a path of 0 bytes; a path has 1 to 256"),
        Refused(
            "points.delete", #"{"collection":"c"}"#, "points.delete lacks 'ids' or 'filter': which points are meant?"),
        Refused(
            "points.delete", #"{"collection":"c","ids":[1],"filter":"a = 1"}"#,
            "points.delete has both 'ids' and 'filter'; send one of them"),
        Refused(
            "points.delete", #"{"collection":"c","filter":7}"#,
            "points.delete.filter is an integer; expected a string, or a tree of objects"),
        Refused(
            "points.delete", #"{"collection":"c","filter":{"and":[{"a":1,"a":2}]}}"#,
            "points.delete.filter has an object where 'a' stands twice; send it once"),
        Refused(
            "points.patch", #"{"collection":"c","ids":[1]}"#,
            "points.patch lacks 'payload' or 'expires_at': what is to change?"),
        Refused(
            "points.patch", #"{"collection":"c","ids":[1],"expires_at":"tomorrow"}"#,
            #"points.patch.expires_at is a string; expected whole seconds since 1970, or "never""#),
        Refused(
            "points.patch", #"{"collection":"c","ids":[1],"payload":[]}"#,
            "points.patch.payload is an array; expected an object of members to change"),
        Refused(
            "points.patch", #"{"collection":"c","ids":[1],"payload":{"x":1,"x":null}}"#,
            "points.patch.payload has an object where 'x' stands twice; send it once"),
        Refused("points.scroll", #"{"collection":"c","limit":0}"#, "points.scroll.limit is 0; choose 1 to 10000"),
        Refused(
            "points.scroll", #"{"collection":"c","limit":10001}"#, "points.scroll.limit is 10001; choose 1 to 10000"),
        Refused(
            "points.scroll", #"{"collection":"c","cursor":1}"#, "points.scroll.cursor is an integer; expected a string"),
        Refused("points.facets", #"{"collection":"c"}"#, "points.facets lacks 'field'"),
        Refused(
            "points.facets", #"{"collection":"c","field":""}"#,
            "points.facets.field is a path of 0 bytes; a path has 1 to 256"),
        Refused(
            "points.count", #"{"collection":"c","flter":"a = 1"}"#,
            "unknown field 'flter' in points.count; did you mean 'filter'?"),
    ]

    static let searches: [Refused] = [
        .search(#""k":1"#, "search lacks 'vector' (or 'text', or 'id' for points like that one)"),
        .search(#""vector":[1],"id":1"#, "search has both 'vector' and 'id'; send one of them"),
        .search(#""vectr":[1]"#, "unknown field 'vectr' in search; did you mean 'vector'?"),
        .search(
            #""vector":[1],"top":1"#,
            "unknown field 'top' in search; known are collection, vector, id, text, using, k, ef, recall, filter, exact, with_payload, with_vectors, max_distance, explain, mode, weights, fusion, min_score, depth, highlight, facets, fingerprint"
        ),
        .search(#""vector":[1],"k":0"#, "search.k is 0; choose 1 to 10000"),
        .search(#""vector":[1],"k":10001"#, "search.k is 10001; choose 1 to 10000"),
        .search(#""vector":[1],"k":-9223372036854775808"#, "search.k is -9223372036854775808; choose 1 to 10000"),
        .search(#""vector":[1],"k":"10""#, "search.k is a string; expected an integer from 1 to 10000"),
        .search(
            #""vector":[1],"k":10.5"#,
            "search.k is a number with a fraction or exponent; expected an integer from 1 to 10000"),
        .search(
            #""vector":[1],"recall":1"#,
            "search.recall is 1.0; give 0.5 to 0.999, or 'exact' where every neighbor must be found"),
        .search(#""vector":[1],"recall":"high""#, "search.recall is a string; expected a number"),
        .search(
            #""vector":[1],"recall":0.9,"ef":64"#,
            "search has both 'ef' and 'recall'; send one of them: a recall chooses the ef"),
        .search(
            #""vector":[1],"recall":0.9,"exact":true"#,
            "search has both 'exact' and 'recall'; an exact search finds all"),
        .search(#""vector":[1],"ef":0"#, "search.ef is 0; choose 1 to 100000"),
        .search(#""vector":[1],"ef":100001"#, "search.ef is 100001; choose 1 to 100000"),
        .search(#""vector":[1],"max_distance":"x""#, "search.max_distance is a string; expected a number"),
        .search(#""vector":[1],"max_distance":1e39"#, "search.max_distance is 1e+39, over the range of a 32-bit float"),
        .search(#""vector":[1],"exact":"yes""#, "search.exact is a string; expected true or false"),
        .search(#""vector":[1],"using":"a b""#, "search.using is 'a b'; \(names)"),
        .search(#""vector":[1,"x"]"#, "search.vector[1] is a string; expected a number"),
        .search(
            #""vector":7"#, "search.vector is an integer; expected an array of numbers, or base64 of little-endian f32"),
        .search(#""id":-7"#, "search.id is -7; an id is a string or an unsigned integer"),
        .search(
            #""vector":[\#(String(repeating: "0,", count: 65_536))0]"#,
            "search.vector has 65537 components; 65536 at most", .tooLarge),
        Refused("search.batch", #"{"collection":"c"}"#, "search.batch lacks 'searches'"),
        Refused(
            "search.batch", #"{"collection":"c","searches":[]}"#,
            "search.batch.searches is empty; send at least one search"),
        Refused(
            "search.batch", #"{"collection":"c","searches":{}}"#,
            "search.batch.searches is an object; expected an array of searches"),
        Refused(
            "search.batch", #"{"collection":"c","searches":[{"id":1},{"id":1,"k":0}]}"#,
            "searches[1].k is 0; choose 1 to 10000"),
        Refused(
            "search.batch", #"{"collection":"c","searches":[{"collection":"c","id":1}]}"#,
            "unknown field 'collection' in searches[0]; known are vector, id, text, using, k, ef, recall, filter, exact, with_payload, with_vectors, max_distance, explain, mode, weights, fusion, min_score, depth, highlight, facets, fingerprint"
        ),
        Refused(
            "snapshot.create", #"{"collection":"c","path":"here"}"#,
            "snapshot.create.path is 'here'; send an absolute path"),
        Refused("snapshot.restore", #"{"collection":"c"}"#, "snapshot.restore lacks 'path'"),
        Refused("job.get", "{}", "job.get lacks 'job'"),
        Refused("job.get", #"{"job":1}"#, "job.get.job is an integer; expected a string"),
        Refused("job.cancel", #"{"job":"rebuild 1"}"#, "job.cancel.job is 'rebuild 1'; \(names)"),
    ]

    @Test(arguments: collections + points + searches)
    func `for each of these requests`(refused: Refused) throws {
        let error = try refusal(refused.method, refused.params)
        #expect(error.message == refused.message)
        #expect(error.code == refused.code)
        #expect(!error.retryable)
    }

    @Test func `about too many points, ids, vectors, fields, searches and paths`() throws {
        func many(_ count: Int, _ element: (Int) -> String) -> String {
            (0..<count).map(element).joined(separator: ",")
        }
        let cases: [(String, String, String)] = [
            (
                "points.upsert", #"{"collection":"c","points":[\#(many(100_001) { _ in "0" })]}"#,
                "points.upsert.points has 100001 entries; send at most 100000 at once"
            ),
            (
                "points.get", #"{"collection":"c","ids":[\#(many(100_001) { _ in "0" })]}"#,
                "points.get.ids has 100001 entries; send at most 100000 at once"
            ),
            (
                "points.upsert",
                #"{"collection":"c","points":[{"id":1,"vectors":{\#(many(33) { #""v\#($0)":[1]"# })}}]}"#,
                "points[0].vectors has more than 32 vectors, which no collection takes"
            ),
            (
                "search.batch", #"{"collection":"c","searches":[\#(many(10_001) { _ in "0" })]}"#,
                "search.batch.searches has 10001 searches; send at most 10000"
            ),
            (
                "points.get", #"{"collection":"c","ids":[1],"with_payload":[\#(many(257) { #""p\#($0)""# })]}"#,
                "points.get.with_payload has 257 paths; send at most 256, or true for all"
            ),
        ]
        for (method, params, message) in cases {
            let error = try refusal(method, params)
            #expect(error.code == .tooLarge)
            #expect(error.message == message)
        }
        let fields = many(33) { #""v\#($0)":{"dimension":1,"metric":"l2"}"# }
        #expect(
            try refusal("collection.create", #"{"name":"a","vectors":{\#(fields)}}"#).message
                == "collection.create.vectors has more than 32 fields; declare fewer, or use a second collection")
        let paths = many(1_025) { #""p\#($0)":"int""# }
        #expect(
            try refusal(
                "collection.create", #"{"name":"a","vectors":{"v":{"dimension":1,"metric":"l2"}},"fields":{\#(paths)}}"#
            ).message
                == "collection.create.fields has more than 1024 fields; declare those you filter by often")
    }

    @Test func `about a payload over its limit`() throws {
        let long = String(repeating: "x", count: 1 << 20)
        let error = try refusal(
            "points.upsert", #"{"collection":"c","points":[{"id":1,"vector":[1],"payload":{"a":"\#(long)"}}]}"#)
        #expect(error.code == .tooLarge)
        #expect(error.message.hasPrefix("points[0].payload has 1048584 bytes; 1048576 at most"))
    }

    @Test func `in few words, however long what it refuses`() throws {
        let long = String(repeating: "é", count: 100_000) + String(repeating: "\u{301}", count: 100_000)
        for line in [
            #"{"id":1,"method":"\#(long)"}"#, #"{"id":1,"\#(long)":1}"#,
            #"{"id":1,"method":"search","params":{"\#(long)":1}}"#,
            #"{"id":1,"method":"search","params":{"collection":"\#(long)","id":1}}"#,
            #"{"id":1,"method":"search","params":{"collection":"c","id":1,"using":"\#(long)"}}"#,
            #"{"id":1,"method":"points.upsert","params":{"collection":"c","points":[{"id":1,"vectors":{"\#(long)":[1]}}]}}"#,
            #"{"id":1,"method":"points.upsert","params":{"collection":"c","points":[{"id":1,"vector":[1],"payload":{"\#(long)":1,"\#(long)":2}}]}}"#,
            #"{"id":1,"method":"collection.create","params":{"name":"a","vectors":{"v":{"dimension":1,"metric":"\#(long)"}}}}"#,
            #"{"id":1,"method":"collection.create","params":{"name":"a","vectors":{"v":{"dimension":1,"metric":"l2"}},"fields":{"\#(long)":"int"}}}"#,
            #"{"id":1,"method":"snapshot.restore","params":{"collection":"c","path":"\#(long)"}}"#,
            #"[1e\#(String(repeating: "9", count: 100_000))]"#, #"[\#(String(repeating: "9", count: 100_000))]"#,
        ] {
            let error = try refusal(of: try call(line))
            #expect(error.message.utf8.count < 500, "\(error.message.prefix(200))")
        }
    }
}
